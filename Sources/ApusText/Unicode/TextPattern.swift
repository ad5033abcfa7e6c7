import ApusFiles

/// What is looked for in text: a string, or one of a few regular expressions.
public enum TextPattern: Sendable, Equatable {
  case string(String)
  /// Runs of white space of at least so many scalars.
  case whitespace(atLeast: Int, onlySpaces: Bool)
  case words(WordPattern)

  /// The longest string, in bytes: the time of a search may grow with it.
  static let longest = 1024

  /// The regular expressions that are understood.
  private static let expressions: [(text: String, pattern: TextPattern)] = [
    (#"\s+"#, .whitespace(atLeast: 1, onlySpaces: false)),
    (#"\s{2,}"#, .whitespace(atLeast: 2, onlySpaces: false)),
    (" +", .whitespace(atLeast: 1, onlySpaces: true)),
    (" {2,}", .whitespace(atLeast: 2, onlySpaces: true)),
    (
      #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, .words(.gpt2)
    ),
    (gpt4(digits: #"\p{N}{1,3}"#), .words(.gpt4(maximumDigits: 3))),
    (gpt4(digits: #"\p{N}"#), .words(.gpt4(maximumDigits: 1))),
  ]

  private static func gpt4(digits: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// Reads `{"String": …}` or `{"Regex": …}`.
  init(_ field: JSONField) throws {
    let expression = field["Regex"]
    guard !expression.isNull else {
      let text = try field["String"].string()
      guard text.utf8.count <= Self.longest else {
        throw field["String"].error(expected: "at most \(Self.longest) bytes")
      }
      self = .string(text)
      return
    }
    let text = try expression.string()
    guard let known = Self.expressions.first(where: { $0.text == text }) else {
      let names = Self.expressions.map(\.text).joined(separator: "  ")
      throw expression.error(expected: "a string, or one of the regular expressions  \(names) ")
    }
    self = known.pattern
  }

  var json: JSONValue {
    switch self {
    case .string(let text): return .object([("String", .string(text))])
    case .whitespace, .words:
      let text = Self.expressions.first { $0.pattern == self }?.text ?? ""
      return .object([("Regex", .string(text))])
    }
  }

  /// The bytes of the shortest match.
  var shortestMatch: Int {
    switch self {
    case .string(let text): max(1, text.utf8.count)
    case .whitespace(let minimum, _): minimum
    case .words: 1
    }
  }

  /// Whether white space is in it.
  var touchesWhitespace: Bool {
    switch self {
    case .string(let text):
      text.unicodeScalars.contains { ScalarClasses.shared[$0.value].contains(.whitespace) }
    case .whitespace, .words: true
    }
  }

  /// Calls `body` with each match, in order.
  func forEachMatch(in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    switch self {
    case .string(let pattern):
      var pattern = pattern
      pattern.withUTF8 { Self.forEachMatch(of: $0, in: text, body) }
    case .whitespace(let minimum, let onlySpaces):
      Self.forEachRun(ofAtLeast: minimum, onlySpaces: onlySpaces, in: text, body)
    case .words(let pattern):
      var start = 0
      while start < text.count {
        let end = pattern.matchEnd(from: start, in: text)
        body(start..<end)
        start = end
      }
    }
  }

  private static func forEachMatch(
    of pattern: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>,
    _ body: (Range<Int>) -> Void
  ) {
    guard let first = pattern.first else { return }
    var index = 0
    while index + pattern.count <= text.count {
      if text[index] == first,
        pattern.elementsEqual(UnsafeBufferPointer(rebasing: text[index..<index + pattern.count]))
      {
        body(index..<index + pattern.count)
        index += pattern.count
      } else {
        index += 1
      }
    }
  }

  private static func forEachRun(
    ofAtLeast minimum: Int, onlySpaces: Bool, in text: UnsafeBufferPointer<UInt8>,
    _ body: (Range<Int>) -> Void
  ) {
    var index = 0
    while index < text.count {
      let start = index
      var length = 0
      while index < text.count {
        let (value, end) = scalar(at: index, in: text)
        let isPart =
          onlySpaces ? value == 0x20 : ScalarClasses.shared[value].contains(.whitespace)
        guard isPart else { break }
        length += 1
        index = end
      }
      if length >= minimum {
        body(start..<index)
      } else if length == 0 {
        index = scalar(at: index, in: text).end
      }
    }
  }
}
