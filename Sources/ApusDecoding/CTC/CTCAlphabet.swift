import ApusFiles

/// What the classes of a CTC network stand for in text.
///
/// Words are parted by a class of their own, or begin with a class whose text begins with "▁", as
/// the pieces of SentencePiece do.
public struct CTCAlphabet: Sendable, Hashable {
  /// The text of each class; empty for the blank and for classes that are no text.
  public let tokens: [String]
  /// The class that stands for no label.
  public let blank: Int32
  /// The class that parts words.
  public let separator: Int32?

  /// What a class does to the word that is being written.
  enum Role: UInt8 {
    case continues, begins, parts
  }

  let roles: [Role]
  /// The text of each class without "▁".
  let letters: [[UInt8]]

  static let wordMark = "▁"

  /// - Throws: `InputError` for a blank or a separator that is no class.
  public init(tokens: [String], blank: Int32, separator: Int32? = nil) throws(InputError) {
    for (name, token) in [("blank", blank), ("separator", separator ?? blank)]
    where token < 0 || Int(token) >= tokens.count {
      throw InputError(expected: "a \(name) of 0 to \(tokens.count - 1)", found: "\(token)")
    }
    guard separator != blank else {
      throw InputError(expected: "a separator other than the blank", found: "\(blank)")
    }
    self.tokens = tokens
    self.blank = blank
    self.separator = separator
    let roles = tokens.enumerated().map { index, text -> Role in
      if separator == Int32(index) { return .parts }
      return text.hasPrefix(Self.wordMark) ? .begins : .continues
    }
    letters = zip(tokens, roles).map { text, role in
      switch role {
      case .parts: []
      case .begins: Array(text.dropFirst(Self.wordMark.count).utf8)
      case .continues: Array(text.utf8)
      }
    }
    self.roles = roles
  }

  /// The text of labels.
  public func text(of labels: some Sequence<Int32>) -> String {
    words(of: labels).joined(separator: " ")
  }

  /// The words of labels; what parts no letters is none.
  func words(of labels: some Sequence<Int32>) -> [String] {
    var words: [[UInt8]] = [[]]
    for label in labels {
      if roles[Int(label)] != .continues { words.append([]) }
      words[words.count - 1] += letters[Int(label)]
    }
    return words.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
  }
}
