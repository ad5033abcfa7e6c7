import Apus
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ArgumentParser
import Foundation

struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Turn texts into vectors.",
    discussion: """
      The directory is one of sentence-transformers, or any BERT, RoBERTa, DistilBERT, ALBERT, \
      ELECTRA or GPT-2 with its tokenizer, or an ELMo, which embeds words (--tokens). Vectors come in the order of the texts; memory does not \
      grow with the file. The output appears when all is done; a line that can't be read ends the \
      program with an error, and the texts before it are in the output.

      Ill-formed UTF-8 counts as U+FFFD, and NUL as any other character; an empty line is an empty \
      text.

      EXAMPLES
        apus embed all-MiniLM-L6-v2 --input sentences.txt --output vectors.npy
        apus embed roberta-base --input texts.jsonl \\
          --output vectors.safetensors --pooling first
        apus embed bert-base --input texts.txt --output tokens.jsonl \\
          --tokens --layer 9
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

  @Option(
    help: ArgumentHelp(
      "The key of each text's id in lines of JSON. Ids are kept: in .jsonl as id, else in lines of a "
        + "file beside the output, with .ids at the end of its name, which is removed without ids.")
  )
  var idKey: String?

  @Option(help: "How the tokens of a text become one vector. (default: as the directory says)")
  var pooling: Pooling?

  @Flag(
    inversion: .prefixedNo,
    help: "Give vectors the length 1. (default: as the directory says)")
  var normalize: Bool?

  @Option(
    help: ArgumentHelp(
      "Keep the first values of each vector alone, of models trained with model.dimensions. (default: all)",
      valueName: "count"))
  var dimensions: Int?

  @Option(help: "Run only this many layers; 0 gives the embeddings. (default: all)")
  var layer: Int?

  @Flag(help: "Write the vector of each token in place of one a text; not to .npy.")
  var tokens = false

  @Option(
    help: ArgumentHelp(
      "The most tokens of a text; the rest is left out. (default: as the directory says)",
      valueName: "tokens"))
  var maxLength: Int?

  @Option(help: "The arithmetic.")
  var precision = Mode.Precision.fp32

  @Flag(help: "Refuse texts that are not UTF-8, in place of writing U+FFFD for what is not.")
  var strict = false

  @OptionGroup var threads: ThreadOption

  /// Texts that are read before they are embedded together: enough to find some of equal lengths,
  /// few enough that their vectors, of which each byte may give one, take little memory.
  private var windowLimit: (texts: Int, bytes: Int) { tokens ? (256, 1 << 16) : (2048, 1 << 22) }

  func validate() throws {
    let format = try format
    guard !tokens || format != .npy else {
      throw ValidationError("--tokens needs an --output of .safetensors or .jsonl.")
    }
    guard !tokens || idKey == nil else { throw ValidationError("--tokens excludes --id-key.") }
    guard !tokens || pooling == nil && normalize == nil && dimensions == nil else {
      throw ValidationError("--tokens excludes --pooling, --normalize and --dimensions.")
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
    var texts = try EmbeddedTexts(
      input, key: key ?? (idKey != nil || LineEncoding.isJSONLines(input) ? "text" : nil),
      idKey: idKey, isStrict: strict)
    let source = try source()
    var file = try EmbeddingFile(output, format, dimension: source.dimension, hasTokens: tokens)
    var idFile = try idKey != nil && format != .jsonl ? AtomicFile(idPath) : nil
    var progress = TextProgress()
    var end: End?
    var count = 0
    while end == nil {
      var window = Window()
      end = fill(&window, from: &texts)
      try source.append(window, &file)
      try idFile?.write(window.ids.map { "\($0)\n" }.joined())
      count += window.count
      progress.add(window.count)
    }
    progress.finish()
    warnOfRepairs(texts.repairedLineCount, in: input)
    if case .failure(let error) = end, count == 0 { throw error }
    // Ids of other texts must not stand beside the vectors, not even for a moment.
    if try format != .jsonl { try removeIDs() }
    try file.commit()
    if let idFile = idFile.take() { try idFile.commit() }
    if case .failure(let error) = end { throw error }
  }

  /// Where the ids of a file stand that has no place for them.
  private var idPath: String { "\(output).ids" }

  private func removeIDs() throws {
    guard unlink(idPath) == 0 || errno == ENOENT else {
      throw FileError(file: idPath, operation: "remove", code: errno)
    }
  }

  /// Texts that are embedded together, with their ids if they have any.
  private struct Window {
    var texts: [String] = []
    var ids: [String] = []
    var count: Int { texts.count }
  }

  /// What makes vectors of a window of texts and adds them to the file.
  private struct Source {
    let dimension: Int
    let append: (_ window: Window, _ file: inout EmbeddingFile) throws -> Void
  }

  private func source() throws -> Source {
    // Directories of sentence-transformers may keep their model in another one.
    if (try? ModelDirectory.modelType(of: directory)) == ELMoConfig.modelType {
      return try wordSource()
    }
    let embedder = try TextEmbedder(
      directory,
      EmbeddingOptions(
        pooling: pooling, normalizes: normalize, dimensions: dimensions, layer: layer,
        maximumLength: maxLength, precision: precision))
    guard tokens else {
      return Source(dimension: embedder.dimension) { window, file in
        try file.append(embedder.embed(window.texts), ids: window.ids)
      }
    }
    return Source(dimension: embedder.hiddenSize) { window, file in
      try file.append(embedder.embedTokens(window.texts)) { embedder.tokenizer.token(of: $0) ?? "" }
    }
  }

  /// The words of an ELMo: the layer that was asked for, or the mean of all.
  private func wordSource() throws -> Source {
    guard tokens, maxLength == nil else {
      throw InputError(
        file: directory, expected: "--tokens and no --max-length, as an ELMo embeds words",
        found: tokens ? "--max-length" : "no --tokens")
    }
    let embedder = try WordEmbedder(directory, precision: precision)
    if let layer, !(0..<embedder.layerCount ~= layer) {
      throw InputError(expected: "a layer from 0 to \(embedder.layerCount - 1)", found: "\(layer)")
    }
    return Source(dimension: embedder.dimension) { window, file in
      let embedded = embedder.embed(window.texts)
      let words = embedded.flatMap(\.words)
      var next: Int32 = 0
      let rows = embedded.map { text in
        defer { next += Int32(text.words.count) }
        return TokenEmbeddings(
          ids: Array(next..<next + Int32(text.words.count)),
          states: layer.map { text.layers[$0] } ?? text.mean)
      }
      try file.append(rows) { words[Int($0)] }
    }
  }

  /// What is behind the last text that could be read.
  private enum End {
    case nothing
    case failure(any Error)
  }

  /// Reads the next texts up to the limit.
  private func fill(_ window: inout Window, from texts: inout EmbeddedTexts) -> End? {
    var byteCount = 0
    do {
      while window.count < windowLimit.texts, byteCount < windowLimit.bytes {
        guard let text = try texts.next() else { return .nothing }
        byteCount += text.text.utf8.count
        window.texts.append(text.text)
        if let id = text.id { window.ids.append(id) }
      }
      return nil
    } catch {
      return .failure(error)
    }
  }
}

extension Pooling: ExpressibleByArgument {}
