/// Phrases of four words, one of which is a colour or a beast: texts with a label that is learnt in seconds.
enum Phrases {
  private static let names = ["red", "cat", "blue", "dog", "green", "cow"]
  private static let rest = ["the", "an", "one", "this", "that"]

  static func label(_ index: Int) -> String { index.isMultiple(of: 2) ? "colour" : "beast" }

  static func text(_ index: Int) -> String {
    [rest[index % 5], names[index % 6], rest[index / 2 % 5], rest[index / 3 % 5]]
      .joined(separator: " ")
  }

  /// A line each: the label, then the text.
  static func lines(_ range: Range<Int>) -> String {
    range.map { "\(label($0)) \(text($0))\n" }.joined()
  }
}
