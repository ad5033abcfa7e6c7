/// Texts for small tokenizers and corpora.
enum Samples {
  /// A hundred documents, a line each.
  static let lines = (0..<100).map { index in
    "The \(["quick", "brown", "lazy", "old"][index % 4]) fox number \(index) jumps over "
      + "\(["dogs", "hedges", "rivers"][index % 3]) and sleeps."
  }

  static let text = lines.joined(separator: "\n") + "\n"

  static let json = lines.map { "{\"text\": \"\($0)\"}\n" }.joined()
}

extension TemporaryDirectory {
  /// Trains a tokenizer on the sample text and gives the file's path.
  func tokenizer(_ kind: String, size: Int = 320) throws -> String {
    let text = try write(Samples.text, to: "sample-\(kind).txt")
    let file = self["\(kind).json"]
    let outcome = try Program.run(
      "tokenizer", "train", "--kind", kind, "--vocabulary-size", "\(size)", "--output", file, text)
    guard outcome.status == 0 else { throw Unusable(reason: outcome.error) }
    return file
  }
}

/// What a test stands on failed.
struct Unusable: Error { var reason: String }
