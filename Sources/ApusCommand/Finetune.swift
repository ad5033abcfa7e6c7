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
      transformers or of sentence-transformers, word vectors, or a fine-tuned model, whose tasks are \
      kept.

      The directory of the model gets README.md (a model card) and, of each task with validation data, \
      predictions-NAME.jsonl and for classes confusion-NAME.svg and reliability-NAME.svg.

      EXAMPLES
        apus finetune tasks.yaml --encoder all-MiniLM-L6-v2 --output runs/tasks
        apus finetune tasks.yaml --encoder all-MiniLM-L6-v2 \\
          --output runs/tasks --imbalance auto
        apus finetune tasks.yaml --encoder all-MiniLM-L6-v2 \\
          --output runs/folds --folds 5
        apus finetune more.yaml --encoder runs/tasks/best --output runs/more
      """)

  @Argument(help: "A YAML file of tasks.", completion: .file(extensions: ["yaml", "yml"]))
  var tasks: String

  @Option(help: "The pretrained encoder.", completion: .directory)
  var encoder: String

  @Option(
    help: """
      auto picks what each task of classes does about labels of unequal size, by their counts, and \
      says why; none leaves it out. (default: as in the file)
      """)
  var imbalance: ImbalanceChoice?

  @OptionGroup var folds: FoldOption

  @OptionGroup var options: RunOptions

  func validate() throws { try folds.refuse(options) }

  func run() throws {
    Processor.threadCount = options.threads.count
    var recipe = options.changed(try Recipe(tasks: tasks))
    try imbalance?.apply(toTasksOf: &recipe, options.note)
    let network = try PretrainedNetwork(encoder)
    try folds.run(options) { options, fold in
      let run = try run(recipe, over: network, options, leavingOut: fold)
      try options.run(run)
      return try fold?.measure(run.directory, recipe, run.precision) ?? []
    }
  }

  private func run(
    _ recipe: Recipe, over network: PretrainedNetwork, _ options: RunOptions,
    leavingOut fold: TaskFold? = nil
  ) throws -> TrainingRun<FineTuningTask> {
    try TrainingRun(
      recipe, in: options.output, sources: recipe.sources(encoder: encoder), report: options.note
    ) { directory in
      var task = try FineTuningTask(
        recipe, over: network, leavingOut: fold, keepingFeaturesIn: directory,
        report: options.note)
      task.command = CommandText.current
      return task
    }
  }
}
