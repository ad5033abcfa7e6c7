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
      Each line is cut into sentences and words. Rows of a word and its tag come out, with an empty \
      row behind each line; with --json an object a line, where start and end count characters \
      (Unicode scalars) of the line.

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

  @Option(help: "Text, or - for standard input.", completion: .file())
  var input: String

  @Option(help: "fp32, bf16 or int8.")
  var precision = Mode.Precision.fp32

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print a JSON object a line.")
  var json = false

  func run() throws {
    Processor.threadCount = threads.count
    let tagger = try Tagger(directory, task: task, precision: precision)
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
