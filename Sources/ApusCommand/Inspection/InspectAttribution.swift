import Apus
import ApusFiles
import ApusModels
import ApusTensors
import ApusText
import ArgumentParser

struct InspectAttribution: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attribution",
    abstract: "Show which words an answer goes by.",
    discussion: """
      Integrated gradients: a score a token, which add up to what the text changes in the logit of the \
      answer, or in its score, up to an error that more steps make smaller. Tags of words are looked at \
      one by one, and of candidates the best.

      EXAMPLES
        apus inspect attribution runs/sentiment --input reviews.txt \\
          --html words.html
        apus inspect attribution runs/sentiment --input reviews.jsonl \\
          --label neg
        apus inspect attribution runs/tasks/best --task duplicates \\
          --input pairs.jsonl
        apus inspect attribution runs/names/best --input news.txt --word 3
      """)

  @Argument(
    help: "A classifier or tagger that `apus train` made, or what `apus finetune` made.",
    completion: .directory)
  var directory: String

  @Option(
    name: .shortAndLong,
    help: "Texts a line, or lines of JSON with the key text, and pair; - is standard input.",
    completion: .file())
  var input: String

  @Option(
    help: """
      The label or tag that is asked about, or the number of the candidate from 0. (default: what each \
      text gets)
      """)
  var label: String?

  @Option(
    help: """
      Of a tagger, which word of each sentence is asked about, from 1. (default: all with a tag other \
      than O)
      """)
  var word: Int?

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
    if let word, word < 1 { throw ValidationError("--word must be at least 1, got \(word).") }
  }

  func run() throws {
    Processor.threadCount = threads.count
    if let html { try requireWritable(html) }
    var entries: [AttributionPage.Entry] = []
    func show(_ entry: AttributionPage.Entry) {
      if html == nil { print(entry.json.line) } else { entries.append(entry) }
    }
    let type = try ModelDirectory.modelType(of: directory)
    guard task == nil || type == FineTunedConfig.modelType else {
      throw InputError(
        file: directory, expected: "a fine-tuned model for --task", found: type ?? "another")
    }
    switch type {
    case FineTunedConfig.modelType: try answered(show)
    case TaggerConfig.modelType: try tagged(show)
    default: try classified(show)
    }
    if let html { try AttributionPage(title: directory, entries: entries).write(to: html) }
  }

  private var place: Int? { word.map { $0 - 1 } }

  private func answered(_ show: (AttributionPage.Entry) -> Void) throws {
    let predictor = try TaskPredictor(directory, task: task)
    for text in try predictor.texts(of: input) {
      try predictor.attributions(of: text, to: label, atWord: place, stepCount: steps)
        .forEach(show)
    }
  }

  private func tagged(_ show: (AttributionPage.Entry) -> Void) throws {
    let tagger = try Tagger(directory)
    try forEachText { text in
      for sentence in WordSplitter.sentences(of: text) {
        try tagger.attributions(
          of: sentence.map(\.text), to: label, atWord: place, stepCount: steps
        ).forEach(show)
      }
    }
  }

  private func classified(_ show: (AttributionPage.Entry) -> Void) throws {
    guard word == nil else {
      throw InputError(file: directory, expected: "a tagger for --word", found: "a classifier")
    }
    let classifier = try Classifier(directory)
    try forEachText { show(try classifier.attribution(of: $0, to: label, stepCount: steps)) }
  }

  private func forEachText(_ body: (String) throws -> Void) throws {
    var texts = try TextLines(input, key: LineEncoding.isJSONLines(input) ? "text" : nil)
    while let text = try texts.next() { try body(text) }
  }
}
