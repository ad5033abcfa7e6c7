import ApusFiles
import ApusModels
import ApusTensors
import ApusTraining
import ArgumentParser

struct Finetune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fine-tune a pretrained encoder on one task or several, or continue a run.",
    discussion: """
      A file of tasks names each with its type, data, columns and labels:

        tasks:
          sentiment:
            type: classification
            data: sentiment.train.tsv
            validation: sentiment.dev.tsv
            columns: {text: sentence, label: label}
          duplicates:
            type: classification
            data: pairs.train.csv
            columns: {text: first, pair: second, label: same}

      Types are classification, multi-label, similarity, ranking, multiple-choice, tagging, answers \
      and language; `glue: mrpc` with a directory as data stands for type, columns, labels and files of \
      a task of GLUE. Paths count from the directory of the file. Sections model, optimizer, schedule \
      and training may follow, as in every recipe.

      The encoder is a BERT, GPT or ELMo, a classifier's network, a directory of Hugging Face's \
      transformers or of sentence-transformers, or a fine-tuned model, whose tasks are kept.

      EXAMPLES
        apus finetune tasks.yaml --encoder all-MiniLM-L6-v2 --output runs/tasks
        apus finetune more.yaml --encoder runs/tasks/best --output runs/more
      """)

  @Argument(help: "A YAML file of tasks.", completion: .file(extensions: ["yaml", "yml"]))
  var tasks: String

  @Option(help: "The pretrained encoder.", completion: .directory)
  var encoder: String

  @OptionGroup var options: RunOptions

  func run() throws {
    Processor.threadCount = options.threads.count
    let recipe = options.changed(try Recipe(tasks: tasks))
    let network = try PretrainedNetwork(encoder)
    try options.run(
      try TrainingRun(recipe, in: options.output, report: options.note) { _ in
        try FineTuningTask(recipe, over: network, report: options.note)
      })
  }
}
