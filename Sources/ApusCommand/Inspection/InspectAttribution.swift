import Apus
import ApusFiles
import ApusModels
import ApusTensors
import ApusText
import ArgumentParser

struct InspectAttribution: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attribution",
    abstract: "Show which words a classifier goes by.",
    discussion: """
      Integrated gradients: a score a token, which add up to what the text changes in the label's \
      logit, up to an error that more steps make smaller.

      EXAMPLES
        apus inspect attribution runs/sentiment --input reviews.txt \\
          --html words.html
        apus inspect attribution runs/sentiment --input reviews.jsonl \\
          --label neg
        apus inspect attribution runs/tasks/best --task duplicates \\
          --input pairs.jsonl
      """)

  @Argument(
    help: "A classifier that `apus train` made, or what `apus finetune` made of a Transformer.",
    completion: .directory)
  var directory: String

  @Option(
    name: .shortAndLong,
    help: "Texts a line, or lines of JSON with the key text, and pair; - is standard input.",
    completion: .file())
  var input: String

  @Option(help: "The label that is asked about. (default: the most probable one of each text)")
  var label: String?

  @Option(help: "Which task of a fine-tuned model; it may be left out if there is one.")
  var task: String?

  @Option(help: "Gradients that are averaged for a text.")
  var steps = 64

  @Option(help: "Where to write a page of HTML; without it, an object a text is printed.")
  var html: String?

  @OptionGroup var threads: ThreadOption

  func validate() throws {
    guard 1...10_000 ~= steps else {
      throw ValidationError("--steps must be from 1 to 10000, got \(steps).")
    }
  }

  func run() throws {
    Processor.threadCount = threads.count
    if let html { try requireWritable(html) }
    var entries: [AttributionPage.Entry] = []
    func show(_ entry: AttributionPage.Entry) {
      if html == nil { print(entry.json.line) } else { entries.append(entry) }
    }
    if try ModelDirectory.isFineTuned(directory) {
      let predictor = try TaskPredictor(directory, task: task)
      for text in try predictor.texts(of: input) {
        show(try predictor.attribution(of: text, to: label, stepCount: steps))
      }
    } else {
      guard task == nil else {
        throw InputError(
          file: directory, expected: "a fine-tuned model for --task", found: "a classifier")
      }
      try classified(show)
    }
    if let html { try AttributionPage(title: directory, entries: entries).write(to: html) }
  }

  private func classified(_ show: (AttributionPage.Entry) -> Void) throws {
    let classifier = try Classifier(directory)
    var texts = try TextLines(input, key: LineEncoding.isJSONLines(input) ? "text" : nil)
    while let text = try texts.next() {
      show(try classifier.attribution(of: text, to: label, stepCount: steps))
    }
  }
}
