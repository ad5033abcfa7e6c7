import ApusAudio
import ApusFiles
import ApusModels
import Glibc

/// What a path holds, told from names and the first bytes.
public enum PathKind: String, Sendable {
  /// A directory of a pretraining run.
  case run
  /// A model directory.
  case model
  /// Token shards: a file, a directory of them, or one with parts for training and validation.
  case shards
  /// A safetensors file.
  case weights
  /// A `tokenizer.json`, a `vocab.txt` or a directory with one.
  case tokenizer
  /// A recipe in YAML.
  case recipe
  /// A list of utterances in a form of `SpeechManifest`.
  case speech
  /// Anything else: text files and directories of them.
  case text

  /// The names of the parts of a prepared corpus.
  static let shardParts = ["train", "validation"]

  /// Looks at a path.
  ///
  /// - Throws: `FileError` if nothing is there.
  public init(of path: String) throws {
    self = try FileStatus(path).isDirectory ? Self.directory(path) : Self.file(path)
  }

  private static func directory(_ path: String) -> PathKind {
    func has(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }
    func hasAny(_ names: String...) -> Bool { names.contains(where: has) }
    if has("recipe.yaml"), hasAny("training", "metrics.jsonl") { return .run }
    let isModel = hasAny("config.json", "model.safetensors", "modules.json")
    if isModel || ELMo.isPublished(path) { return .model }
    let places = [""] + shardParts.map { "\($0)/" }
    if places.contains(where: { has("\($0)tokens-00000.shard") }) { return .shards }
    if hasAny("tokenizer.json", "vocab.txt", "vocab.json") { return .tokenizer }
    return isSpeech(path) ? .speech : .text
  }

  private static func isSpeech(_ path: String) -> Bool {
    (try? SpeechManifest.form(of: path)) != nil
  }

  private static func file(_ path: String) -> PathKind {
    if path.hasSuffix(".safetensors") { return .weights }
    if path.hasSuffix(".shard") { return .shards }
    if path.hasSuffix(".yaml") || path.hasSuffix(".yml") { return .recipe }
    if isSpeech(path) { return .speech }
    let name = path.split(separator: "/").last ?? ""
    return path.hasSuffix(".json") || name == "vocab.txt" ? .tokenizer : .text
  }
}
