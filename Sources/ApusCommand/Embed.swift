import Apus
import ApusFiles
import ApusLayers
import ApusTensors
import ApusText
import ArgumentParser
import Foundation

struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn texts into vectors.",
    discussion: """
      The directory is one of sentence-transformers, or any BERT, RoBERTa, DistilBERT, ALBERT, \
      ELECTRA or GPT-2 with its tokenizer. Vectors come in the order of the texts; memory does not \
      grow with the file, and the output appears when it is whole.

      EXAMPLES
        apus embed all-MiniLM-L6-v2 --input sentences.txt --output vectors.npy
        apus embed roberta-base --input texts.jsonl --output vectors.safetensors --pooling first
        apus embed bert-base --input texts.txt --output tokens.jsonl --tokens --layer 9
      """)

  @Argument(help: "A model directory with its tokenizer.", completion: .directory)
  var directory: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A file of texts, gzip or not: lines of JSON if its name ends in .jsonl or .ndjson, else "
        + "lines of text. - is standard input.", valueName: "file"), completion: .file())
  var input: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file to make: .npy, .safetensors or .jsonl.", valueName: "file"), completion: .file())
  var output: String

  @Option(
    help: ArgumentHelp(
      "The key of the text in lines of JSON; with it, standard input is JSON too. (default: text)"))
  var key: String?

  @Option(help: "How the tokens of a text become one vector. (default: as the directory says)")
  var pooling: Pooling?

  @Flag(
    inversion: .prefixedNo,
    help: "Give vectors the length 1. (default: as the directory says)")
  var normalize: Bool?

  @Option(help: "Run only this many layers; 0 gives the embeddings. (default: all)")
  var layer: Int?

  @Flag(help: "Write the vector of each token in place of one a text; not to .npy.")
  var tokens = false

  @Option(
    help: ArgumentHelp(
      "The most tokens of a text; the rest is left out. (default: as the directory says)",
      valueName: "tokens"))
  var maxLength: Int?

  @Option(help: "fp32 or bf16.")
  var precision = Mode.Precision.fp32

  @OptionGroup var threads: ThreadOption

  /// Texts that are read before they are embedded together: enough to find some of equal lengths.
  private static let windowCount = 2048
  private static let windowBytes = 1 << 22

  func validate() throws {
    let format = try format
    guard !tokens || format != .npy else {
      throw ValidationError("--tokens needs an --output of .safetensors or .jsonl.")
    }
    guard !tokens || pooling == nil && normalize == nil else {
      throw ValidationError("--tokens excludes --pooling and --normalize.")
    }
  }

  private var format: EmbeddingFile.Format {
    get throws {
      guard let dot = output.lastIndex(of: "."),
        let format = EmbeddingFile.Format(rawValue: String(output[dot...].dropFirst()))
      else {
        throw ValidationError("--output must end in .npy, .safetensors or .jsonl, got \(output).")
      }
      return format
    }
  }

  func run() throws {
    Processor.threadCount = threads.count
    try requireWritable(output)
    var texts = try TextLines(
      input, key: key ?? (LineEncoding.isJSONLines(input) ? "text" : nil))
    let embedder = try TextEmbedder(
      directory,
      EmbeddingOptions(
        pooling: pooling, normalizes: normalize, layer: layer, maximumLength: maxLength,
        precision: precision))
    var file = try EmbeddingFile(
      output, format, dimension: tokens ? embedder.hiddenSize : embedder.dimension,
      hasTokens: tokens)
    var progress = TextProgress()
    while let window = try Self.window(of: &texts) {
      if tokens {
        let embedded = embedder.embedTokens(window)
        try file.append(embedded) { embedder.tokenizer.token(of: $0) ?? "" }
      } else {
        try file.append(embedder.embed(window))
      }
      progress.add(window.count)
    }
    try file.commit()
    progress.finish()
  }

  /// The next texts; nil behind the last.
  private static func window(of texts: inout TextLines) throws -> [String]? {
    var window: [String] = []
    var byteCount = 0
    while window.count < windowCount, byteCount < windowBytes, let text = try texts.next() {
      byteCount += text.utf8.count
      window.append(text)
    }
    return window.isEmpty ? nil : window
  }
}

extension Pooling: ExpressibleByArgument {}
