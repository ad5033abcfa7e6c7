import Apus
import ApusDecoding
import ApusFiles
import ApusLayers
import ApusTensors
import ApusText
import ArgumentParser
import Foundation

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Continue texts with a causal model.",
    discussion: """
      The continuation of one prompt appears as it is made. The same seed gives the same text. With \
      --beams nothing is drawn: the likeliest continuations are searched for.

      EXAMPLES
        apus generate runs/char --prompt "ROMEO:" --tokens 300
        apus generate runs/mini --prompt "Once" --tokens 100 \\
          --temperature 0.8 --top-k 40 --seed 7
        apus generate runs/mini --prompts beginnings.txt --stop . --greedy \\
          --json
        apus generate runs/mini --prompt "Once" --tokens 20 --beams 4 \\
          --results 2
      """)

  @Argument(help: "A model directory with its tokenizer.json.", completion: .directory)
  var directory: String

  @Option(help: "The beginning of the text.")
  var prompt: String?

  @Option(
    help: "Many beginnings: a file with one a line, or of JSON lines (.jsonl) with the key text.",
    completion: .file())
  var prompts: String?

  @Option(parsing: .unconditional, help: "The most tokens to add.")
  var tokens = 100

  @Option(name: .customLong("minimum-tokens"), help: "The tokens to add at least.")
  var minimumTokens = 0

  @OptionGroup(title: "How tokens are chosen") var choice: TokenChoice

  @OptionGroup(title: "Beam search") var beams: BeamChoice

  @Option(help: "The arithmetic; int8 reads a quarter of the memory of fp32.")
  var precision = Mode.Precision.fp32

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print a JSON object a text at the end instead.")
  var json = false

  /// Prompts of a file that are continued side by side.
  private static let batchSize = 16

  func validate() throws {
    guard tokens > 0 else { throw ValidationError("--tokens must be at least 1, got \(tokens).") }
    guard 0...tokens ~= minimumTokens else {
      throw ValidationError("--minimum-tokens must be from 0 to \(tokens), got \(minimumTokens).")
    }
    guard prompt == nil || prompts == nil else {
      throw ValidationError("--prompt and --prompts exclude each other.")
    }
    if choice.greedy, let name = choice.weighingOption {
      throw ValidationError("--greedy takes the likeliest token: \(name) has no meaning.")
    }
    if beams.width != nil, let name = choice.drawingOption {
      throw ValidationError("--beams searches and draws nothing: \(name) has no meaning.")
    }
  }

  func run() throws {
    Processor.threadCount = threads.count
    let penalties = try choice.penalties()
    let search = try beams.options(penalties, tokens: tokens, minimum: minimumTokens)
    let options = TextGenerator.Options(
      tokenCount: tokens, sampling: try choice.sampling(), penalties: penalties,
      minimumTokenCount: minimumTokens, stops: choice.stop, seed: choice.seed)
    let generator = try TextGenerator(directory, precision: precision)
    if let prompts {
      try continueFile(prompts, generator, options, search)
    } else if json || search != nil {
      try report(prompt ?? "", try texts([prompt ?? ""], generator, options, search, first: 0)[0])
    } else {
      print(prompt ?? "", terminator: "")
      try generator.generate(prompt ?? "", options) { piece in
        print(piece, terminator: "")
        fflush(nil)
      }
      print()
    }
  }

  private func continueFile(
    _ path: String, _ generator: TextGenerator, _ options: TextGenerator.Options,
    _ search: BeamOptions?
  ) throws {
    var lines = try TextLines(path, key: LineEncoding.isJSONLines(path) ? "text" : nil)
    var waiting: [String] = []
    var rows: [Int] = []
    var finishedCount = 0
    func run(_ count: Int) throws {
      let prompts = Array(waiting.prefix(count))
      let texts = try texts(prompts, generator, options, search, first: finishedCount)
      for (prompt, continuations) in zip(prompts, texts) { try report(prompt, continuations) }
    }
    func flush() throws {
      defer {
        finishedCount += waiting.count
        waiting.removeAll()
        rows.removeAll()
      }
      do {
        try run(waiting.count)
      } catch var error as InputError {
        // The generator knows prompts by their number alone, and names the first bad one.
        if error.file == nil, let row = error.row {
          (error.file, error.row) = (lines.name, rows[row - 1])
          try run(row - 1)
        }
        throw error
      }
    }
    do {
      while let prompt = try lines.next() {
        waiting.append(prompt)
        rows.append(lines.row)
        if waiting.count == Self.batchSize { try flush() }
      }
    } catch {
      // What stands before a bad line is continued all the same.
      try flush()
      throw error
    }
    try flush()
    warnOfRepairs(lines.repairedLineCount, in: lines.name)
    guard finishedCount > 0 else {
      throw InputError(file: lines.name, expected: "at least one prompt", found: "none")
    }
  }

  /// The continuations of each prompt.
  private func texts(
    _ prompts: [String], _ generator: TextGenerator, _ options: TextGenerator.Options,
    _ search: BeamOptions?, first: Int
  ) throws -> [[GeneratedText]] {
    if let search { return try generator.search(prompts, search) }
    return try generator.generate(prompts, options, numberedFrom: first).map { [$0] }
  }

  private func report(_ prompt: String, _ texts: [GeneratedText]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for text in texts {
      guard json else {
        print(prompt + text.text)
        continue
      }
      let object = Report(
        prompt: prompt, text: text.text, tokens: text.tokenCount, ending: text.ending.rawValue,
        score: text.score)
      print(String(decoding: try encoder.encode(object), as: UTF8.self))
    }
    fflush(nil)
  }

  private struct Report: Encodable {
    let prompt, text: String
    let tokens: Int
    let ending: String
    let score: Float?
  }
}
