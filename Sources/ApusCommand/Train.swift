import ApusFiles
import ApusModels
import ApusTensors
import ApusTraining
import ArgumentParser

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model on labelled data, or continue a run.",
    discussion: """
      The run directory is that of `apus pretrain`. What data a recipe takes depends on what it \
      learns; see `apus recipes NAME`.

      A classifier takes labelled texts, one a line: the label, a blank or a tab, the text; \
      COARSE:fine and the text; columns of which a first line names that of labels and that of texts \
      (customary names are known, others are for --label-column and --text-column); objects with \
      label and text, if the name ends in .jsonl; or sentiment trees; or a directory with the texts \
      in seq.in and their labels in label, or with a directory for each label and a file for each text. \
      An ensemble (rmdl) trains as many members at a time as there are threads. With --teacher, a \
      classifier also learns from what a trained one or an ensemble thinks of the texts.

      A tagger takes sentences in columns (a word a row, an empty row behind each sentence), in \
      CoNLL-U by the name .conllu, or directories with seq.in and seq.out.

      An encoder of sentences takes CSV, TSV or JSON lines with anchor, positive and negatives, or \
      sentence1, sentence2 and score, or text and label, as its loss says. Its \
      validation table has pairs and scores whatever the loss, in columns of customary names or the \
      first three; --columns names them too where the loss learns from scores.

      A recogniser of speech takes manifests: JSON lines with audio_filepath and text, Mozilla's \
      CSV, a directory with Kaldi's wav.scp and text, LJ Speech's metadata.csv, or LibriSpeech's tree.

      EXAMPLES
        apus train --recipe textcnn --data train.txt --validation dev.txt \\
          --output runs/sentiment
        apus train --recipe textcnn --data train.csv --text-column body \\
          --label-column author --output runs/authors
        apus train --recipe bilstm --data train.txt --validation dev.txt \\
          --imbalance auto \\
          --output runs/topics
        apus train --recipe textcnn --data train.txt --folds 5 \\
          --output runs/folds
        apus train --recipe rmdl --data train/ --validation dev/ \\
          --output runs/topics
        apus train --recipe textcnn --data train/ --teacher runs/topics \\
          --output runs/student
        apus train --recipe g2p --source words.txt --target phones.txt \\
          --validation-source words.dev --validation-target phones.dev \\
          --output runs/g2p
        apus train --recipe tagger --data eng.train --validation eng.testa \\
          --output runs/names
        apus train --recipe tagger-bert --encoder bert-base --data eng.train \\
          --output runs/names
        apus train --recipe sentence-embedding --encoder all-MiniLM-L6-v2 \\
          --data pairs.tsv \\
          --validation sts.csv --output runs/sentences
        apus train --recipe deepspeech2 --data train.jsonl \\
          --validation dev.jsonl \\
          --output runs/speech
      """)

  @OptionGroup var training: TrainingOptions

  @Option(help: "What a recipe that does not translate learns from.")
  var data: String?

  @Option(
    help: """
      What the best model is chosen by, in the same format; for an encoder of sentences, pairs with \
      a score.
      """)
  var validation: String?

  @Option(help: "A tokenizer.json; without it, one is trained on the texts of a classifier.")
  var tokenizer: String?

  @Option(
    help: """
      Vectors of words (a file of word2vec, fastText or GloVe, or a directory) that those of a \
      classifier or tagger start from.
      """)
  var vectors: String?

  @Option(
    help:
      "A pretrained ELMo, BERT or GPT for a tagger or an encoder of sentences, or wav2vec 2.0 for a recogniser."
  )
  var encoder: String?

  @Option(
    help: """
      auto picks what a classifier does about labels of unequal size, by their counts, and says \
      why; none leaves it out. (default: as in the recipe)
      """)
  var imbalance: ImbalanceChoice?

  @OptionGroup var folds: FoldOption

  @OptionGroup(title: "Ensembles and their students") var distillation: DistillationOptions

  @OptionGroup var labels: LabelOptions

  @OptionGroup(title: "Pairs of lines") var pairs: PairOptions

  @OptionGroup(title: "Tagged sentences") var columns: ColumnOptions

  @OptionGroup(title: "Pairs of texts") var rows: RowOptions

  func validate() throws { try folds.refuse(training.options) }

  func run() throws {
    Processor.threadCount = training.threads.count
    var recipe = try training.resolvedRecipe()
    switch recipe.objective.kind {
    case .causal, .masked, .contexts, .bidirectional:
      throw InputError(
        expected: "a recipe that learns from labels (`apus pretrain` takes the others)",
        found: recipe.name)
    case .classification:
      try refuseForeignOptions(recipe)
      let data = try required(data, recipe)
      let vectors = try vectors.map(GivenVectors.init)
      recipe = try distillation.resolved(recipe)
      let texts = try LabelledData(
        data, validation: validation, layout: labels.layout, report: training.note)
      imbalance?.apply(to: &recipe, labels: texts.trainingLabels, training.note)
      try folds.run(training.options) { options, fold in
        let parts = try fold.map(texts.leavingOut)
        try classify(recipe, parts?.data ?? texts, from: sources(data), vectors, options)
        guard let fold, let heldOut = parts?.heldOut else { return [] }
        return try fold.measure(RunDirectory(options.output), recipe, on: heldOut)
      }
    case .translation:
      try refuseForeignOptions(recipe)
      let (source, target) = try pairs.training()
      try training.run(
        try TrainingRun(
          recipe, in: training.output, source: source, target: target,
          validation: pairs.validation(), report: training.note))
    case .tagging:
      try refuseForeignOptions(recipe)
      let data = try required(data, recipe)
      try training.run(
        try TrainingRun(
          recipe, in: training.output, sources: sources(data), report: training.note
        ) { _ in
          try TaggingTask(
            recipe, training: try columns.corpus(data),
            validation: try validation.map(columns.corpus),
            encoder: try encoder.map(PretrainedNetwork.init),
            vectors: try vectors.map(GivenVectors.init), report: training.note)
        })
    case .tasks:
      throw InputError(
        expected: "a recipe that learns from one file (`apus finetune` takes those of tasks)",
        found: recipe.name)
    case .transcription:
      try refuseForeignOptions(recipe)
      try training.run(
        try TrainingRun(
          transcribing: recipe, in: training.output, data: try required(data, recipe),
          validation: validation, encoder: try encoder.map(PretrainedSpeech.init),
          report: training.note))
    case .similarity:
      try refuseForeignOptions(recipe)
      let data = try required(data, recipe)
      guard let encoder else {
        throw InputError(expected: "--encoder for the recipe \(recipe.name)", found: "none")
      }
      try training.run(
        try TrainingRun(
          recipe, in: training.output, sources: sources(data), report: training.note
        ) { _ in
          var task = try SentenceEmbeddingTask(
            recipe, encoder: encoder, data: data, validation: validation,
            columns: rows.columns)
          task.command = CommandText.current
          return task
        })
    }
  }

  /// Trains a classifier or an ensemble.
  private func classify(
    _ recipe: Recipe, _ texts: LabelledData, from sources: [RunSource?], _ vectors: GivenVectors?,
    _ options: RunOptions
  ) throws {
    if case .ensemble = recipe.model {
      try options.run(
        try EnsembleRun(
          recipe, in: options.output, texts: texts, sources: sources, tokenizer: tokenizer,
          vectors: vectors, command: CommandText.current, report: options.note),
        into: "config.json")
    } else {
      try options.run(
        try TrainingRun(
          classifying: recipe, in: options.output, texts: texts, sources: sources,
          tokenizer: tokenizer, vectors: vectors, teacher: distillation.teacher,
          command: CommandText.current, report: options.note))
    }
  }

  /// What the run learns from and starts from, where the run itself does not know.
  private func sources(_ data: String) -> [RunSource?] {
    let options = labels.given + columns.given + rows.given
    let reading =
      options.isEmpty ? nil : options.map { "\($0.name) \($0.value)" }.joined(separator: " ")
    return [
      RunSource("data", data, reading: reading),
      RunSource("validation", validation, reading: reading),
      RunSource("encoder", encoder), RunSource("vectors", vectors),
      RunSource("teacher", distillation.teacher),
    ]
  }

  private func required(_ data: String?, _ recipe: Recipe) throws -> String {
    guard let data else {
      throw InputError(expected: "--data for the recipe \(recipe.name)", found: "none")
    }
    return data
  }

  /// Refuses options that would have no effect on what a recipe learns.
  private func refuseForeignOptions(_ recipe: Recipe) throws {
    let given: [(name: String, isGiven: Bool, kinds: [ObjectiveRecipe.Kind])] = [
      ("--data", data != nil, [.classification, .tagging, .transcription, .similarity]),
      (
        "--validation", validation != nil,
        [.classification, .tagging, .transcription, .similarity]
      ),
      ("--columns", !rows.columns.isEmpty, [.similarity]),
      ("--tokenizer", tokenizer != nil, [.classification]),
      ("--vectors", vectors != nil, [.classification, .tagging]),
      ("--encoder", encoder != nil, [.tagging, .transcription, .similarity]),
      ("--imbalance", imbalance != nil, [.classification]),
      ("--folds", folds.folds != nil, [.classification]),
      (labels.given.first?.name ?? "--format", !labels.given.isEmpty, [.classification]),
      ("--models", distillation.models != nil, [.classification]),
      ("--teacher", distillation.isGiven, [.classification]),
      (columns.given.first?.name ?? "--tag-column", !columns.given.isEmpty, [.tagging]),
      ("--source", pairs.isGiven, [.translation]),
    ]
    for option in given where option.isGiven && !option.kinds.contains(recipe.objective.kind) {
      throw InputError(
        expected: "no \(option.name) for the recipe \(recipe.name)", found: "it")
    }
  }
}
