import ApusFiles
import Foundation
import Glibc

/// A directory of token shards that came to be as a whole.
///
/// It holds the shards and the `tokenizer.json` they were made with, or, where documents are kept
/// for validation, both in `train` and again in `validation`. It gets its name when everything in it
/// is written: what a killed run leaves has `partial` in its name.
public struct PreparedCorpus: Sendable, Equatable {
  /// Documents and tokens of a part.
  public struct Part: Sendable, Equatable {
    public var documents: Int
    public var tokens: Int

    fileprivate init(_ shards: TokenShards) {
      (documents, tokens) = (shards.documentCount, shards.tokenCount)
    }
  }

  public var report: PrepareReport
  public var training: Part
  /// Nil where nothing is kept for validation.
  public var validation: Part?

  private static let partNames = (training: "train", validation: "validation")
  private static let tokenizerName = "tokenizer.json"

  /// Encodes a corpus and writes it.
  ///
  /// - Parameters:
  ///   - corpus: The texts.
  ///   - tokenizer: What cuts them into tokens.
  ///   - directory: Absent, empty, or prepared with the same tokenizer, and then replaced.
  ///   - options: See `PrepareOptions`.
  ///   - validationFraction: The share of the documents, of 0..<1, that is kept for validation:
  ///     evenly spread, so that they are like the others.
  /// - Throws: What reading and writing throw; `InputError` for a tokenizer that `tokenizer.json`
  ///   has no form for, a directory with anything else in it, a corpus that gives no token, or too few documents for the fraction.
  public init(
    _ corpus: Corpus, with tokenizer: Tokenizer, to directory: String,
    _ options: PrepareOptions = PrepareOptions(), validationFraction: Double = 0
  ) throws {
    precondition(
      0..<1 ~= validationFraction, "PreparedCorpus: validation fraction \(validationFraction)")
    try tokenizer.requireJSONForm(for: "\(directory)/\(Self.tokenizerName)")
    try Self.requireReplaceable(directory, by: tokenizer)
    let partial = "\(directory).\(getpid()).partial"
    defer { try? FileManager.default.removeItem(atPath: partial) }
    report = try prepare(corpus, with: tokenizer, into: partial, options)
    let shards = try TokenShards(partial)
    if validationFraction > 0 {
      let whole = Part(shards)
      let places = (
        training: "\(partial)/\(Self.partNames.training)",
        validation: "\(partial)/\(Self.partNames.validation)"
      )
      try Self.write(shards, tokenizer, to: places.training, options) {
        !Self.isValidation($0, validationFraction)
      }
      try Self.write(shards, tokenizer, to: places.validation, options) {
        Self.isValidation($0, validationFraction)
      }
      guard let training = try? TokenShards(places.training),
        let validation = try? TokenShards(places.validation)
      else {
        throw InputError(
          file: corpus.paths.first, expected: "documents enough to keep some for validation",
          found: "\(whole.documents)")
      }
      self.training = Part(training)
      self.validation = Part(validation)
      for name in try directoryEntries(partial) where name.hasSuffix(".shard") {
        unlink("\(partial)/\(name)")
      }
    } else {
      training = Part(shards)
      try tokenizer.save(to: "\(partial)/\(Self.tokenizerName)")
    }
    try Self.rename(partial, to: directory)
  }

  /// Opens the shards of a prepared directory, or of a single file.
  ///
  /// - Returns: What is trained on, and what was kept for validation, if any; nil for a path that
  ///   holds no shards.
  /// - Throws: What is wrong with a shard.
  public static func shards(
    of path: String
  ) throws -> (training: TokenShards, validation: TokenShards?)? {
    func hasShards(_ directory: String) -> Bool {
      access("\(directory)/tokens-00000.shard", F_OK) == 0
    }
    if path.hasSuffix(".shard") || hasShards(path) { return (try TokenShards(path), nil) }
    let parts = ("\(path)/\(partNames.training)", "\(path)/\(partNames.validation)")
    guard hasShards(parts.0) else { return nil }
    return (
      try TokenShards(parts.0), hasShards(parts.1) ? try TokenShards(parts.1) : nil
    )
  }

  /// The tokenizer of a prepared directory; nil if there is none.
  public static func tokenizerPath(of path: String) -> String? {
    [path, "\(path)/\(partNames.training)"].map { "\($0)/\(tokenizerName)" }
      .first { access($0, R_OK) == 0 }
  }

  /// Whether a document is among those for validation.
  private static func isValidation(_ document: Int, _ fraction: Double) -> Bool {
    (Double(document + 1) * fraction).rounded(.down) > (Double(document) * fraction).rounded(.down)
  }

  /// Writes some of the documents into a directory of their own; no shard if there are none.
  private static func write(
    _ shards: TokenShards, _ tokenizer: Tokenizer, to directory: String,
    _ options: PrepareOptions, where isIncluded: (Int) -> Bool
  ) throws {
    try createDirectory(directory)
    var writer = TokenShardWriter(
      directory: directory, tokenizer: tokenizer, shardSize: options.shardSize)
    for document in 0..<shards.documentCount where isIncluded(document) {
      let ends =
        shards.hasSentences
        ? shards.sentenceRanges(ofDocument: document).map { Int32($0.upperBound) } : []
      try shards.tokens(ofDocument: document).withUnsafeBufferPointer { tokens in
        try ends.withUnsafeBufferPointer { try writer.append(tokens, sentenceEnds: $0) }
      }
    }
    try writer.finish()
    try tokenizer.save(to: "\(directory)/\(tokenizerName)")
  }

  /// Refuses a directory with anything that is not a prepared corpus of the same tokenizer.
  private static func requireReplaceable(_ directory: String, by tokenizer: Tokenizer) throws {
    guard let status = try? FileStatus(directory) else { return }
    guard status.isDirectory else {
      throw FileError(file: directory, operation: "create", code: ENOTDIR)
    }
    let parts = [partNames.training, partNames.validation]
    for name in try directoryEntries(directory) {
      guard name.hasSuffix(".shard") || name == tokenizerName || parts.contains(name) else {
        throw InputError(
          file: directory, expected: "a directory that is new, empty or has token shards alone",
          found: name)
      }
    }
    for place in [directory] + parts.map({ "\(directory)/\($0)" }) {
      guard let names = try? directoryEntries(place),
        names.contains(where: { $0.hasSuffix(".shard") })
      else { continue }
      guard try TokenShards(place).fingerprint == tokenizer.fingerprint else {
        throw InputError(
          file: place, expected: "no shards or those of the same tokenizer",
          found: "those of another tokenizer")
      }
    }
  }

  /// Gives a directory its name, in place of one that has it.
  private static func rename(_ partial: String, to directory: String) throws {
    let former = "\(directory).\(getpid()).former"
    let isReplacing = Glibc.rename(directory, former) == 0
    guard isReplacing || errno == ENOENT, Glibc.rename(partial, directory) == 0 else {
      let code = errno
      if isReplacing { _ = Glibc.rename(former, directory) }
      throw FileError(file: directory, operation: "rename", code: code)
    }
    if isReplacing { try FileManager.default.removeItem(atPath: former) }
  }
}
