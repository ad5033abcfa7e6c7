import Apus
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ArgumentParser
import Foundation

struct Classify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell the classes of texts.",
    discussion: """
      Prints the label of each line, or with --json an object a line with the label and the \
      probability of every label; those of an ensemble are the means of its members, and the votes of \
      these stand beside them. Pairs of texts are for `apus predict`.

      EXAMPLES
        apus classify runs/sentiment --input reviews.txt
        apus classify runs/sentiment --input reviews.jsonl --json
      """)

  @Argument(
    help: "A model directory that `apus train` or `apus finetune` made.", completion: .directory)
  var directory: String

  @Option(help: "Which task of a fine-tuned model; it may be left out if there is one.")
  var task: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A file of texts, gzip or not: lines of JSON if its name ends in .jsonl or .ndjson, else "
        + "lines of text. - is standard input.", valueName: "file"), completion: .file())
  var input: String

  @Option(
    help: ArgumentHelp(
      "The key of the text in lines of JSON; with it, standard input is JSON too. (default: text)"))
  var key: String?

  @Option(help: "The arithmetic.")
  var precision = FloatPrecision.fp32

  @OptionGroup var voting: VoteOption

  @Flag(help: "Print JSON objects.")
  var json = false

  @OptionGroup var threads: ThreadOption

  /// Lines that are read before they are classified together.
  private static let windowSize = 1024

  func run() throws {
    Processor.threadCount = threads.count
    let classifier = try Classifier(
      directory, task: task, vote: voting.vote, precision: precision.mode)
    var texts = try TextLines(
      input, key: key ?? (LineEncoding.isJSONLines(input) ? "text" : nil))
    var window: [String] = []
    func finish() throws {
      for answer in try classifier.classify(window) {
        print(json ? try line(answer, classifier.labels) : answer.label)
      }
      window.removeAll(keepingCapacity: true)
    }
    do {
      while let text = try texts.next() {
        window.append(text)
        if window.count == Self.windowSize { try finish() }
      }
    } catch {
      // What was read before a line that can't be used is answered all the same.
      try finish()
      throw error
    }
    try finish()
    warnOfRepairs(texts.repairedLineCount, in: texts.name)
  }

  private struct Line: Encodable {
    let label: String
    let probabilities: [String: Float]
    let votes: [String: Int]?
  }

  private func line(_ answer: Classifier.Answer, _ labels: [String]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = Line(
      label: answer.label,
      probabilities: Dictionary(uniqueKeysWithValues: zip(labels, answer.probabilities)),
      votes: answer.votes.map { Dictionary(uniqueKeysWithValues: zip(labels, $0)) })
    return String(decoding: try encoder.encode(line), as: UTF8.self)
  }
}
