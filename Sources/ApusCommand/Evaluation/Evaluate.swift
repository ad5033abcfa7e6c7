import Apus
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ApusTraining
import ArgumentParser
import Foundation

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how well a model predicts a text.",
    discussion: """
      A causal model gets perplexity per token and per word and bits per byte, a masked one the \
      loss of masked tokens. The end of each line counts as a word. A recurrent or fixed-window \
      model reads all documents as one stream, an ELMo each sentence in both directions, whose mean loss it gets. A \
      classifier gets accuracy, macro F1 and the F1 of each label; an ensemble also those of majority and \
      average votes and of each member. A tagger gets precision, recall and \
      F1 of entities, of all types and of each, and the share of words with the right tag. A \
      translator gets BLEU (13a) and chrF as sacrebleu has them, the share of lines that are right, \
      and its errors: wer are edits a word, or if its words are phones, per are edits a phone and wer \
      is the share of wrong lines. A recogniser of speech gets the share of wrong words and \
      characters (wer, cer), what went wrong with them, and the worst utterances; without --beam and \
      a language model it takes the best symbol at each moment. A directory of sentence-transformers \
      gets the correlations of the similarities of its vectors with the scores of pairs of texts. \
      A fine-tuned model gets the measures \
      of each task on the test data that its file of tasks names, or else the validation data.

      EXAMPLES
        apus evaluate runs/char --data test.txt
        apus evaluate runs/mini --data test.txt --stride 64 --json
        apus evaluate runs/multi30k --source test.en --target test.de \\
          --beam 5 --json
        apus evaluate runs/g2p --data test.tsv --json
        apus evaluate runs/sentiment/best --data test.txt --json
        apus evaluate runs/names/best --data eng.testb --json
        apus evaluate all-MiniLM-L6-v2 --data sts-test.csv --json
        apus evaluate runs/speech/best --data test.jsonl --json
        apus evaluate runs/tasks/best --json
        apus evaluate runs/tasks/best --task sentiment --data test.tsv
        apus evaluate runs/tasks/best --output reports/tasks
      """)

  @Argument(help: "A model directory with its tokenizer.json.", completion: .directory)
  var directory: String

  @Option(
    help: ArgumentHelp(
      "Text (a file, a directory, or - for standard input), or labelled texts, tagged sentences or "
        + "manifests of speech as `apus train` takes them, or lines of a source, a tab and its target "
        + "for a translator."))
  var data: String?

  @OptionGroup(title: "Translators") var pairs: EvaluationPairs

  @Option(
    help: """
      What makes a document: automatic, files, lines or blank-lines. (default: as in the run's \
      recipe, if the directory is that of a run, and automatic else)
      """)
  var documents: DataRecipe.Documents?

  @Option(
    help: "New tokens of each window of a causal Transformer; fewer give each token more context.")
  var stride: Int?

  @Option(help: "The arithmetic; int8 is not for classifiers and fine-tuned models.")
  var precision = Mode.Precision.fp32

  @OptionGroup(title: "A neural cache of recurrent models") var cache: NeuralCacheChoice

  @Option(
    help: """
      A directory for what a classifier or fine-tuned model says of each example \
      (predictions.jsonl), and for pictures of its classes and confidences.
      """, completion: .directory)
  var output: String?

  @Option(help: "The only task of a fine-tuned model to measure; --data is of its form.")
  var task: String?

  @OptionGroup(title: "Labelled texts") var labels: LabelOptions

  @OptionGroup(title: "Ensembles of classifiers") var voting: VoteOption

  @OptionGroup(title: "Tagged sentences") var columns: ColumnOptions

  @OptionGroup(title: "Pairs of texts") var rows: RowOptions

  @Option(
    help: ArgumentHelp(
      "Measure the first values of the vectors of sentences alone. (default: all)",
      valueName: "count"))
  var dimensions: Int?

  @OptionGroup(title: "The search for words of recognisers") var search: SpeechSearchArguments

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print a JSON object.")
  var json = false

  func validate() throws {
    if let stride, stride < 1 {
      throw ValidationError("--stride must be at least 1, got \(stride).")
    }
  }

  func run() throws {
    Processor.threadCount = threads.count
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 on a processor without AVX-512", found: "bf16")
    }
    let kind = try EvaluatedKind(of: directory)
    try refuseForeignOptions(kind)
    if let output { try createDirectory(output) }
    let report = try report(kind)
    if json {
      Output.print(.object(report))
    } else {
      Outline(.object(report)).lines.forEach { print($0) }
    }
  }

  /// Refuses options that would have no effect on a kind of model.
  private func refuseForeignOptions(_ kind: EvaluatedKind) throws {
    let given: [(name: String, isGiven: Bool, kinds: [EvaluatedKind])] = [
      ("--source", pairs.source != nil, [.translator]),
      ("--target", pairs.target != nil, [.translator]),
      ("--alternatives", pairs.alternatives, [.translator]),
      ("--beam", pairs.beam != nil, [.translator, .recognizer]),
      ("--length-penalty", pairs.lengthPenalty != nil, [.translator]),
      (search.name, search.isGiven, [.recognizer]),
      ("--documents", documents != nil, [.causal, .recurrent, .window, .masked, .elmo]),
      ("--stride", stride != nil, [.causal]),
      ("--cache-size", cache.isGiven, [.recurrent, .window]),
      (labels.given.first?.name ?? "--format", !labels.given.isEmpty, [.classifier]),
      ("--task", task != nil, [.fineTuned]),
      ("--output", output != nil, [.fineTuned, .classifier]),
      ("--vote", voting.vote != nil, [.classifier]),
      (columns.given.first?.name ?? "--tag-column", !columns.given.isEmpty, [.tagger]),
      ("--columns", !rows.columns.isEmpty, [.embedder]),
      ("--dimensions", dimensions != nil, [.embedder]),
      (
        "--precision int8", precision == .int8,
        EvaluatedKind.allCases.filter { ![.classifier, .fineTuned].contains($0) }
      ),
    ]
    for option in given where option.isGiven && !option.kinds.contains(kind) {
      throw InputError(
        file: directory,
        expected: "\(option.kinds.map(\.name).joined(separator: " or ")) for \(option.name)",
        found: kind.name)
    }
  }

  private func report(_ kind: EvaluatedKind) throws -> EvaluationReport {
    if kind == .translator { return try pairs.report(of: directory, data: data, precision) }
    if kind == .fineTuned {
      return try FineTunedEvaluation(
        directory: directory, task: task, data: data, output: output
      ).report(precision)
    }
    guard let data else {
      throw InputError(expected: "--data for \(kind.name)", found: "none")
    }
    switch kind {
    case .translator, .fineTuned, .causal, .recurrent, .window, .masked:
      return try languageModelReport(data)
    case .recognizer:
      let recognizer = try SpeechRecognizer(directory)
      // Without a search, the best symbol of each frame.
      let isSearching = search.isGiven || pairs.beam != nil
      let options = isSearching ? try search.options(beam: pairs.beam) : nil
      return try recognizer.score(
        on: data, by: options.map { try SpeechSearch($0, over: recognizer.classes) }, precision
      ).report
    case .embedder:
      let pairs = try ScoredPairs(data, columns: rows.columns)
      let embedder = try TextEmbedder(
        directory, EmbeddingOptions(dimensions: dimensions, precision: precision))
      return embedder.score(on: pairs).report
    case .classifier:
      let labelled = try LabelledTexts(data, labels.layout)
      labelled.notes.forEach(warn)
      let ensemble = try ClassifierEnsemble(directory, vote: voting.vote)
      try labelled.requireAny(of: ensemble.labels)
      let texts = labelled.texts
      let opinions = ensemble.opinions(on: texts.map(\.text), precision)
      if let output { try ensemble.report(opinions, on: texts, of: data).write(to: output) }
      return ensemble.score(opinions, on: texts).report(of: ensemble)
    case .tagger:
      let tagger = try WordTagger.load(directory).model
      let hasEntities = tagger.config.scheme != nil
      return try tagger.score(on: try columns.corpus(data), precision)
        .report(hasEntities: hasEntities)
    case .elmo:
      let model = try ELMoPretraining.load(directory).model
      let loss = try model.loss(
        on: try dataRecipe().corpus(data),
        with: try tokenizer(fitting: model.config.vocabularySize), precision)
      return [("loss", .number(loss)), ("perplexity", .number(exp(loss)))]
    }
  }

  private func languageModelReport(_ data: String) throws -> EvaluationReport {
    let model = try ModelDirectory.load(directory).model
    let tokenizer = try tokenizer(fitting: model.config.vocabularySize)
    let recipe = try dataRecipe()
    let corpus = try recipe.corpus(data)
    switch model {
    case .gpt(let model):
      var evaluation = try CausalEvaluation(
        model, tokenizer, precision: precision, stride: stride)
      return try evaluation.score(corpus).report
    case .recurrent(let model):
      return try streamReport(model, tokenizer, recipe, corpus)
    case .window(let model):
      return try streamReport(model, tokenizer, recipe, corpus)
    case .bert:
      return try model.maskedScore(
        of: try shards(of: corpus, tokenizer), tokenizer, precision: precision
      ).report
    }
  }

  private func streamReport(
    _ model: some StreamModel, _ tokenizer: Tokenizer, _ recipe: DataRecipe, _ corpus: Corpus
  ) throws -> EvaluationReport {
    var evaluation = try StreamEvaluation(
      model, tokenizer, precision: precision, endsTexts: recipe.endOfText, cache: cache.options)
    return try evaluation.score(corpus).report
  }

  private func tokenizer(fitting vocabularySize: Int) throws -> Tokenizer {
    try Tokenizer(contentsOf: "\(directory)/tokenizer.json", fitting: vocabularySize)
  }

  private func dataRecipe() throws -> DataRecipe {
    let run = RunDirectory(directory)
    var recipe =
      FileManager.default.fileExists(atPath: run.recipe)
      ? try Recipe(contentsOf: run.recipe).data : DataRecipe()
    if let documents { recipe.documents = documents }
    return recipe
  }

  /// The corpus as shards in a temporary directory, whose mappings outlive it.
  private func shards(of corpus: Corpus, _ tokenizer: Tokenizer) throws -> TokenShards {
    let place = FileManager.default.temporaryDirectory.appending(
      path: "apus-evaluate-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: place) }
    var options = PrepareOptions()
    options.threadCount = Processor.threadCount
    try prepare(corpus, with: tokenizer, into: place.path, options)
    return try TokenShards(place.path)
  }
}
