import ApusFiles
import ApusLayers
import ApusTensors
import ArgumentParser
import Foundation

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure speed on fixed work.",
    discussion: """
      Each workload checks its result before it is timed, and prints the median time beside the \
      limit of the machine measured in the same run.

      WORKLOADS
        \(Workloads.names.joined(separator: ", "))

      EXAMPLES
        apus bench gpt-char
        apus bench bert-base --precision bf16 --threads 2 --json
        apus bench embed --model all-MiniLM-L6-v2
        apus bench wordpiece-encode --threads 1 --text book.txt --tokenizer models/minilm
      """)

  @Argument(
    help: "The workload, or all that run in the precision.",
    completion: .list(Workloads.names + ["all"]))
  var name: String

  @Option(
    help: "The type of the operands of matrix products: fp32, bf16, or int8 without training.")
  var precision = Mode.Precision.fp32

  @OptionGroup var threads: ThreadOption

  @Option(help: "How long each workload is timed, in seconds.")
  var seconds = 10.0

  @Option(help: "Text for tokenizers, of which 8 MB are taken; made up if it is left out.")
  var text: String?

  @Option(help: "The tokenizer that encodes; trained on the text if it is left out.")
  var tokenizer: String?

  @Option(help: "The model directory that embeds; made-up weights if it is left out.")
  var model: String?

  @Flag(help: "Print a JSON object a workload.")
  var json = false

  func validate() throws {
    guard seconds > 0, seconds < 86_400 else {
      throw ValidationError("--seconds must be above 0 and below a day, got \(seconds).")
    }
    guard name == "all" || Workloads.names.contains(name) else {
      let names = Workloads.names.joined(separator: ", ")
      throw ValidationError("expected all or one of \(names), got \(name).")
    }
    let workloads = Workloads.named(name, in: precision)
    guard !workloads.isEmpty else {
      throw ValidationError("\(name) trains, which has no \(precision.rawValue).")
    }
    let given = [(BenchInput.text, text), (.tokenizer, tokenizer), (.model, model)]
    for (input, value) in given where value != nil {
      guard workloads.contains(where: { $0.inputs.contains(input) }) else {
        throw ValidationError("--\(input.rawValue) has no meaning for \(name).")
      }
    }
  }

  func run() throws {
    Processor.threadCount = threads.count
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 or int8 on a processor without AVX-512", found: "bf16")
    }
    let settings = BenchSettings(
      precision: precision, seconds: seconds, text: text, tokenizer: tokenizer, model: model)
    for workload in Workloads.named(name, in: precision) {
      let result = try workload.measure(settings)
      print(try json ? result.json : result.text)
      fflush(nil)
    }
  }
}

extension Mode.Precision: ExpressibleByArgument {}
