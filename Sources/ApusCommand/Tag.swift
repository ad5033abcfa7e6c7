import Apus
import ApusFiles
import ApusLayers
import ApusTensors
import ApusText
import ArgumentParser
import Foundation

struct Tag: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find entities, slots or parts of speech in text.",
    discussion: """
      Each line is cut into sentences and words. Files of words in columns (not streams), as `apus train` \
      takes them, keep their sentences and words: directories with seq.in and seq.out, .conllu, \
      and rows that end with tags of entities, as in CoNLL; --word-column says so of other \
      columns. Rows of a word and its tag come out, with an empty row behind each line; with \
      --json an object a line, where start and end count characters (Unicode scalars) of the \
      line, or of the words with blanks between them.

      EXAMPLES
        apus tag runs/names/best --input news.txt
        echo "U.N. official Ekeus heads for Baghdad." \\
          | apus tag runs/names/best --input - --json
      """)

  /// Lines that are tagged together.
  private static let batchSize = 512

  @Argument(
    help: "The model directory of a tagger, or of a fine-tuned model that tags.",
    completion: .directory)
  var directory: String

  @Option(help: "Which task of a fine-tuned model; it may be left out if there is one.")
  var task: String?

  @Option(
    name: .shortAndLong, help: "Text or words in columns, or - for standard input.",
    completion: .file())
  var input: String

  @Option(
    parsing: .unconditional,
    help: "The column of words in columns, from 1, or from the last, which is -1. (default: 1)")
  var wordColumn: Int?

  @Option(help: "The arithmetic.")
  var precision = Mode.Precision.fp32

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print a JSON object a line.")
  var json = false

  func validate() throws {
    if let wordColumn, !(1...1000 ~= wordColumn.magnitude) {
      throw ValidationError(
        "--word-column must be from 1 to 1000 or -1 to -1000, got \(wordColumn).")
    }
  }

  func run() throws {
    Processor.threadCount = threads.count
    let format = try format
    let tagger = try Tagger(directory, task: task, precision: precision)
    if let format {
      let sentences = try TaggedCorpus(contentsOf: input, as: format).sentences.map(\.words)
      for start in stride(from: 0, to: sentences.count, by: Self.batchSize) {
        let batch = sentences[start..<min(start + Self.batchSize, sentences.count)]
        for text in tagger.tag(sentences: Array(batch)) { try report(text) }
        try Output.flush()
      }
    } else {
      try tagLines(tagger)
    }
  }

  /// How words stand in columns; nil for running text.
  private var format: TaggedFormat? {
    get throws {
      let format = try TaggedFormat.recognized(of: input)
      guard let wordColumn else { return format }
      guard format == nil || format == TaggedFormat.columns else {
        throw ValidationError("--word-column is for columns, which \(input) has in a known order.")
      }
      return .columns(word: wordColumn, tag: -1)
    }
  }

  private func tagLines(_ tagger: Tagger) throws {
    var lines = try TextLines(input)
    var waiting: [String] = []
    func flush() throws {
      for text in tagger.tag(waiting) { try report(text) }
      try Output.flush()
      waiting.removeAll()
    }
    do {
      while let line = try lines.next() {
        waiting.append(line)
        if waiting.count == Self.batchSize { try flush() }
      }
    } catch {
      // What was read before a line that can't be used is tagged all the same.
      try flush()
      throw error
    }
    try flush()
    warnOfRepairs(lines.repairedLineCount, in: lines.name)
  }

  private func report(_ text: TaggedText) throws {
    guard json else {
      for word in text.words { print("\(word.text)\t\(word.tag)") }
      return print()
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(Report(text)), as: UTF8.self))
  }

  private struct Report: Encodable {
    struct Word: Encodable {
      let text, tag: String
      let start, end: Int
    }
    struct Entity: Encodable {
      let text, type: String
      let start, end: Int
    }

    let words: [Word]
    let entities: [Entity]

    init(_ text: TaggedText) {
      words = text.words.map {
        Word(
          text: $0.text, tag: $0.tag, start: $0.characters.lowerBound,
          end: $0.characters.upperBound)
      }
      entities = text.entities.map {
        Entity(
          text: $0.text, type: $0.type, start: $0.characters.lowerBound,
          end: $0.characters.upperBound)
      }
    }
  }
}
