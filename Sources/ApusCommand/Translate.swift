import Apus
import ApusDecoding
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ApusTraining
import ArgumentParser
import Foundation

struct Translate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn lines into lines with a trained translator.",
    discussion: """
      A line of output for each line of input, in their order; an empty line too. With --results a \
      line has several translations, the best first, which --json tells apart.

      EXAMPLES
        apus translate runs/multi30k --input test.en --beam 5
        echo "h e l l o" | apus translate runs/g2p --input -
        apus translate runs/multi30k --input test.en --beam 10 --results 3 \\
          --json
        apus translate runs/multi30k --input test.en --attention pictures/
        apus translate runs/commands --input requests.txt --allow actions.txt
      """)

  @Argument(help: "A model directory with its tokenizers.", completion: .directory)
  var directory: String

  @Option(
    name: .shortAndLong,
    help:
      "A file of lines, gzip or not, or of JSON lines (.jsonl) with the key text; - is standard input.",
    completion: .file())
  var input = "-"

  @Option(
    name: [.customLong("beam"), .customLong("beams")],
    help: "Follow this many translations of a line at once. (default: 5)")
  var beam: Int?

  @Option(help: "Give this many of the best translations.")
  var results = 1

  @Option(help: "The power of GNMT's length normalisation; 0 for none. (default: 0.6)")
  var lengthPenalty: Float?

  @Option(
    help:
      "The weight of coverage, which punishes source tokens that were not looked at. (default: 0)")
  var coveragePenalty: Float?

  @Option(help: "Draw translations with this temperature instead of searching.")
  var temperature: Float?

  @Option(help: "What draws depend on. (default: 0)")
  var seed: UInt64?

  @Option(
    help: "A file of words, one a line: translations have no others.", completion: .file())
  var allow: String?

  @Option(help: "The most tokens of a translation. (default: 50 and twice the source's)")
  var tokens: Int?

  @Option(
    help: "A directory for heat maps of the attention: 1.svg and so on, one a line.",
    completion: .directory)
  var attention: String?

  @Option(help: "The arithmetic.")
  var precision = Mode.Precision.fp32

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print a JSON object a line.")
  var json = false

  /// Lines that are read before they are translated: enough to find some of equal lengths.
  private static let window = 512

  func validate() throws {
    let width = search.width
    guard 1...1024 ~= width else {
      throw ValidationError("--beam must be from 1 to 1024, got \(width).")
    }
    guard 1...width ~= results else {
      throw ValidationError("--results must be from 1 to the beam's \(width), got \(results).")
    }
    if let tokens, tokens < 1 {
      throw ValidationError("--tokens must be at least 1, got \(tokens).")
    }
    guard search.lengthPenalty.isFinite, search.coveragePenalty.isFinite else {
      throw ValidationError("--length-penalty and --coverage-penalty must be finite.")
    }
    let searching = [
      ("--beam", beam != nil), ("--results", results != 1),
      ("--length-penalty", lengthPenalty != nil),
      ("--coverage-penalty", coveragePenalty != nil),
    ]
    if temperature != nil, let (name, _) = searching.first(where: \.1) {
      throw ValidationError("--temperature draws one translation: \(name) has no meaning.")
    }
    guard seed == nil || temperature != nil else {
      throw ValidationError("--seed is for what is drawn: it has no meaning without --temperature.")
    }
  }

  /// How translations are searched for where none are drawn.
  private var search: TranslationSearch {
    var search = TranslationSearch(width: beam ?? 5, resultCount: results)
    if let lengthPenalty { search.lengthPenalty = lengthPenalty }
    if let coveragePenalty { search.coveragePenalty = coveragePenalty }
    search.tokenCount = tokens
    return search
  }

  func run() throws {
    Processor.threadCount = threads.count
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 or int8 on a processor without AVX-512", found: "bf16")
    }
    let translator = try TextTranslator(directory, precision: precision)
    let allowed = try allow.map { try Self.tokens(of: $0, translator) }
    if let attention { try createDirectory(attention) }
    var lines = try TextLines(input, key: LineEncoding.isJSONLines(input) ? "text" : nil)
    var (waiting, done): ([String], Int) = ([], 0)
    func flush() throws {
      for (line, found) in zip(waiting, try found(for: waiting, translator, from: done, allowed)) {
        done += 1
        try report(line, found)
        if let attention, let best = found.first {
          try draw(translator, line, best.text, to: "\(attention)/\(done).svg")
        }
      }
      fflush(nil)
      waiting.removeAll()
    }
    do {
      while let line = try lines.next() {
        waiting.append(line)
        if waiting.count == Self.window { try flush() }
      }
    } catch {
      // What was read before a line that can't be used is translated all the same.
      try flush()
      throw error
    }
    try flush()
    warnOfRepairs(lines.repairedLineCount, in: lines.name)
  }

  /// The tokens of the words of a file.
  private static func tokens(of path: String, _ translator: TextTranslator) throws -> Set<Int32> {
    let words = try ParallelText.lines(of: path)
    do {
      return try translator.tokens(of: words)
    } catch {
      throw InputError(file: path, row: error.row, expected: error.expected, found: error.found)
    }
  }

  private func found(
    for lines: [String], _ translator: TextTranslator, from first: Int, _ allowed: Set<Int32>?
  ) throws -> [[TextTranslator.Translation]] {
    if let temperature {
      return try translator.sample(
        lines, Sampling(temperature: temperature), tokenCount: tokens, seed: seed ?? 0,
        numberedFrom: first, allowed: allowed
      ).map { [TextTranslator.Translation(text: $0, score: nil)] }
    }
    var search = search
    search.allowed = allowed
    return try translator.translate(lines, search)
  }

  private func report(_ source: String, _ found: [TextTranslator.Translation]) throws {
    guard json else {
      // An empty line stands for itself.
      for translation in found { print(translation.text) }
      if found.isEmpty { print() }
      return
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let object = Report(
      source: source,
      translations: found.map { Report.Translation(text: $0.text, score: $0.score) })
    print(String(decoding: try encoder.encode(object), as: UTF8.self))
  }

  private func draw(
    _ translator: TextTranslator, _ source: String, _ target: String, to path: String
  ) throws {
    guard let map = translator.attention(from: target, to: source) else {
      throw InputError(
        file: directory, expected: "a model with attention for --attention", found: "one without")
    }
    try writeAtomically(map.svg, to: path)
  }

  private struct Report: Encodable {
    struct Translation: Encodable {
      let text: String
      let score: Float?
    }
    let source: String
    let translations: [Translation]
  }
}
