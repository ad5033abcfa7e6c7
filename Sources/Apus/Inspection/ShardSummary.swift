import ApusFiles
import ApusText
import Glibc

/// What a directory of token shards holds.
enum ShardSummary {
  /// The directories with shards at a path: itself, or its parts for training and validation.
  static func places(of path: String) -> [String] {
    let all: [String] = PathKind.shardParts.map { "\(path)/\($0)" }
    let parts = all.filter { access($0, F_OK) == 0 }
    return parts.isEmpty ? [path] : parts
  }

  /// The tokenizer that stands beside shards; nil if there is none.
  static func tokenizer(beside path: String) throws -> Tokenizer? {
    let file = "\(path)/tokenizer.json"
    return access(file, F_OK) == 0 ? try Tokenizer(contentsOf: file) : nil
  }
}
