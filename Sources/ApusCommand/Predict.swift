import Apus
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusTraining
import ArgumentParser

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask a fine-tuned model about texts.",
    discussion: """
      Lines of JSON have the keys text and, for pairs, pair; context and choices for multiple choices; \
      question and context for answers, which are also asked for in SQuAD's JSON; for rankings a row \
      a candidate with query or text, and pair. Tables have the columns that the model learnt from. \
      Files of sentences are those of `apus train` with a tagger. Any other file is a text a line.

      The object of an answer has its text and where it starts and ends in the context, in UTF-8 \
      bytes; all null where the context has none.

      EXAMPLES
        apus predict runs/tasks/best --task sentiment --input reviews.txt
        apus predict runs/tasks/best --task duplicates --input pairs.jsonl \\
          --json
        apus predict runs/squad/best --input dev-v2.0.json --json
      """)

  @Argument(help: "A model directory that `apus finetune` made.", completion: .directory)
  var directory: String

  @Option(name: .shortAndLong, help: "The texts; - is standard input.", completion: .file())
  var input: String

  @Option(help: "Which task; it may be left out if there is one.")
  var task: String?

  @Option(help: "The arithmetic.")
  var precision = FloatPrecision.fp32

  @Flag(help: "Print an object a line, with label, score or answer, and confidence.")
  var json = false

  @OptionGroup var threads: ThreadOption

  func run() throws {
    Processor.threadCount = threads.count
    let predictor = try TaskPredictor(directory, task: task, precision: precision.mode)
    let texts = try predictor.texts(of: input)
    for (text, answer) in zip(texts, try predictor.answers(to: texts)) {
      let prediction = TaskPrediction(answer, to: text, of: predictor.task)
      print(json ? prediction.json.line : prediction.summary)
    }
  }
}
