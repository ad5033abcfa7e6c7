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
      loss of masked tokens. The end of each line counts as a word. A recurrent model reads all \
      documents as one stream, an ELMo each sentence in both directions, whose mean loss it gets. A \
      classifier gets accuracy, macro F1 and the F1 of each label. A tagger gets precision, recall and \
      F1 of entities, of all types and of each, and the share of words with the right tag. A \
      translator gets BLEU (13a) and chrF as sacrebleu has them, the share of lines that are right, \
      and its errors: wer are edits a word, or if its words are phones, per are edits a phone and wer \
      is the share of wrong lines.

      EXAMPLES
        apus evaluate runs/char --data test.txt
        apus evaluate runs/mini --data test.txt --stride 64 --json
        apus evaluate runs/multi30k --source test.en --target test.de --beam 5 --json
        apus evaluate runs/sentiment/best --data test.txt --json
        apus evaluate runs/names/best --data eng.testb --json
      """)

  @Argument(help: "A model directory with its tokenizer.json.", completion: .directory)
  var directory: String

  @Option(
    help: ArgumentHelp(
      "Text (a file, a directory, or - for standard input), or labelled texts or tagged sentences "
        + "as `apus train` takes them."))
  var data: String?

  @OptionGroup(title: "Translators") var pairs: EvaluationPairs

  @Option(
    help: """
      What makes a document: automatic, files, lines or blank-lines. (default: as in the run's \
      recipe, if the directory is that of a run, and automatic else)
      """)
  var documents: DataRecipe.Documents?

  @Option(help: "New tokens of each window; fewer give each token more context.")
  var stride: Int?

  @Option(help: "fp32 or bf16.")
  var precision = Mode.Precision.fp32

  @OptionGroup(title: "A neural cache of recurrent models") var cache: NeuralCacheChoice

  @OptionGroup var labels: LabelOptions

  @OptionGroup(title: "Tagged sentences") var columns: ColumnOptions

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
    let modelType = try ModelDirectory.modelType(of: directory)
    if modelType == TranslatorConfig.modelType {
      return try report(try pairs.values(of: directory, precision))
    }
    guard let data else {
      throw InputError(expected: "--data, as the model is no translator", found: "none")
    }
    if modelType == TextCNNConfig.modelType {
      let texts = try LabelledTexts(data, format: labels.format).texts
      let model = try TextCNN.load(directory).model
      let tokenizer = try Tokenizer(contentsOf: "\(directory)/tokenizer.json")
      return report(model.score(on: texts, with: tokenizer, precision), model.config.labels)
    }
    if modelType == TaggerConfig.modelType {
      let tagger = try ModelDirectory.loadTagger(directory).tagger
      return report(try tagger.score(on: try columns.corpus(data), precision), of: tagger)
    }
    if modelType == ELMoConfig.modelType {
      let tokenizer = try Tokenizer(contentsOf: "\(directory)/tokenizer.json")
      let loss = try ELMo.load(directory).model.loss(
        on: try dataRecipe().corpus(data), with: tokenizer, precision)
      return try report([("loss", loss), ("perplexity", exp(loss))])
    }
    let model = try ModelDirectory.load(directory).model
    let tokenizer = try Tokenizer(contentsOf: "\(directory)/tokenizer.json")
    let corpus = try dataRecipe().corpus(data)
    switch model {
    case .gpt(let model):
      var evaluation = try CausalEvaluation(
        model, tokenizer, precision: precision, stride: stride)
      try report(try evaluation.score(corpus))
    case .recurrent(let model):
      guard stride == nil else {
        throw InputError(
          expected: "no --stride for a recurrent model, which reads a text as one stream",
          found: "\(stride ?? 0)")
      }
      var evaluation = try RecurrentEvaluation(
        model, tokenizer, precision: precision, cache: cache.options)
      try report(try evaluation.score(corpus))
    case .bert:
      try report(
        try model.maskedScore(
          of: try shards(of: corpus, tokenizer), tokenizer, precision: precision)
      )
    }
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

  private func report(_ score: LanguageModelScore) throws {
    try report([
      ("tokens", Double(score.tokenCount)), ("bytes", Double(score.byteCount)),
      ("words", Double(score.wordCount)), ("loss", score.loss),
      ("perplexity", score.perplexity), ("word_perplexity", score.wordPerplexity),
      ("bits_per_byte", score.bitsPerByte),
    ])
  }

  private func report(_ score: ClassificationScore, _ labels: [String]) {
    var members: [(key: String, value: JSONValue)] = [
      ("texts", .integer(score.textCount)), ("loss", .number(score.loss)),
      ("accuracy", .number(score.accuracy)), ("macro_f1", .number(score.macroF1)),
      (
        "f1",
        .object(labels.enumerated().map { ($0.element, .number(score.f1(of: $0.offset))) })
      ),
    ]
    if score.unknownCount > 0 {
      members.append(("unknown_labels", .integer(score.unknownCount)))
    }
    show(members)
  }

  private func report(_ score: TaggerScore, of tagger: LoadedTagger) {
    let tagging = score.tagging
    var members: [(key: String, value: JSONValue)] = [
      ("words", .integer(tagging.wordCount)), ("loss", .number(score.loss)),
      ("accuracy", .number(tagging.accuracy)),
    ]
    func counts(_ counts: TaggingScore.Counts) -> [(key: String, value: JSONValue)] {
      [
        ("f1", .number(counts.f1)), ("precision", .number(counts.precision)),
        ("recall", .number(counts.recall)), ("entities", .integer(counts.expected)),
      ]
    }
    if tagger.model.config.scheme != nil {
      let types = tagging.types.sorted { $0.key < $1.key }
      members += counts(tagging.all)
      members.append(("types", .object(types.map { ($0, .object(counts($1))) })))
    }
    if !score.unknownTags.isEmpty {
      let tags = score.unknownTags.sorted { $0.key < $1.key }
      members.append(("unknown_tags", .object(tags.map { ($0, .integer($1)) })))
    }
    show(members)
  }

  private func show(_ members: [(key: String, value: JSONValue)]) {
    if json {
      Output.print(.object(members))
    } else {
      Outline(.object(members)).lines.forEach { print($0) }
    }
  }

  private func report(_ score: MaskedScore) throws {
    try report([
      ("masked_tokens", Double(score.tokenCount)), ("loss", score.loss),
      ("perplexity", score.perplexity),
    ])
  }

  private func report(_ values: [(name: String, value: Double)]) throws {
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      let object = Dictionary(uniqueKeysWithValues: values.map { ($0.name, $0.value) })
      print(String(decoding: try encoder.encode(object), as: UTF8.self))
    } else {
      for (name, value) in values {
        print("\(name.replacing("_", with: " ")): \(value.formatted(.number.grouping(.never)))")
      }
    }
  }
}
