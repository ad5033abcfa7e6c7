import Apus
import ApusDecoding
import ApusFiles
import ApusLayers
import ApusTensors
import ArgumentParser
import Foundation

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Continue a text with a causal model.",
    discussion: """
      The text appears as it is made. The same seed gives the same text.

      EXAMPLES
        apus generate runs/char --prompt "ROMEO:" --tokens 300
        apus generate runs/mini --prompt "Once" --tokens 100 --temperature 0.8 --top-k 40 --seed 7
        apus generate runs/mini --prompt "Once" --tokens 100 --greedy
      """)

  @Argument(help: "A model directory with its tokenizer.json.", completion: .directory)
  var directory: String

  @Option(help: "The beginning of the text.")
  var prompt = ""

  @Option(help: "The most tokens to add.")
  var tokens = 100

  @Option(help: "What the choices are drawn from.")
  var seed: UInt64 = 0

  @Option(help: "Above 1 more surprising, below 1 less; 0 is greedy.")
  var temperature: Float = 1

  @Option(name: .customLong("top-k"), help: "Consider only this many of the likeliest tokens.")
  var topK: Int?

  @Option(
    name: .customLong("top-p"),
    help: "Consider only the likeliest tokens that reach this probability together.")
  var topP: Float?

  @Flag(help: "Always take the likeliest token.")
  var greedy = false

  @Option(help: "fp32 or bf16.")
  var precision = Mode.Precision.fp32

  @Option(help: "The number of threads.")
  var threads: Int?

  @Flag(help: "Print a JSON object with prompt and text at the end instead.")
  var json = false

  func validate() throws {
    for (name, value) in [("--tokens", tokens), ("--threads", threads ?? 1)] where value < 1 {
      throw ValidationError("\(name) must be at least 1, got \(value).")
    }
  }

  func run() throws {
    if let threads { Processor.threadCount = threads }
    guard precision == .fp32 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 on a processor without AVX-512", found: "bf16")
    }
    let sampling =
      greedy ? Sampling.greedy : try Sampling(temperature: temperature, topK: topK, topP: topP)
    let generator = try TextGenerator(directory, precision: precision)
    if !json { print(prompt, terminator: "") }
    let text = try generator.generate(
      prompt, tokenCount: tokens, sampling: sampling, seed: seed
    ) { piece in
      guard !json else { return }
      print(piece, terminator: "")
      fflush(nil)
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let object = ["prompt": prompt, "text": text]
      print(String(decoding: try encoder.encode(object), as: UTF8.self))
    } else {
      print()
    }
  }
}
