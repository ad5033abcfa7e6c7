import ApusFiles
import ApusTensors
import ApusTraining
import ArgumentParser

struct TuneDecoder: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune-decoder",
    abstract: "Find the weights of a language model that make the fewest errors.",
    discussion: """
      Tries a grid of weights on utterances that were not trained on, then finer steps around the \
      best. What it finds goes into --alpha and --beta of `apus transcribe` and `apus evaluate`.

      EXAMPLES
        apus tune-decoder runs/speech --data dev.jsonl \\
          --language-model english.arpa
      """)

  @Argument(help: "The model directory of a recogniser.", completion: .directory)
  var directory: String

  @Option(help: "A manifest of utterances with their transcripts.", completion: .file())
  var data: String

  @Option(help: "A language model in ARPA or binary form.", completion: .file())
  var languageModel: String

  @Option(help: "Follow this many readings at once.")
  var beam = 100

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() throws {
    Processor.threadCount = threads.count
    let (trials, wordCount) = try SpeechRecognizer(directory).tunedWeights(
      on: data, with: languageModel, width: beam)
    let best = trials[0]
    let rate = Double(best.errorCount) / Double(max(1, wordCount))
    guard !json else {
      return Output.print(
        .object([
          ("alpha", .number(best.alpha)), ("beta", .number(best.beta)), ("wer", .number(rate)),
          ("trials", .integer(trials.count)),
        ]))
    }
    print(
      "--alpha \(best.alpha) --beta \(best.beta): \(best.errorCount) of \(wordCount) words wrong, "
        + "the best of \(trials.count) trials")
  }
}
