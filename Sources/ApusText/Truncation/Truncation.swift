import ApusFiles

/// How long texts are cut down to the length that a model takes.
public struct Truncation: Sendable, Equatable {
  /// Which text of a pair is cut.
  public enum Strategy: String, Sendable, CaseIterable {
    /// The longer one, down to the other; from there both.
    case longestFirst = "LongestFirst"
    case onlyFirst = "OnlyFirst"
    case onlySecond = "OnlySecond"
  }

  /// The end of a text that is cut off.
  public enum Side: String, Sendable, CaseIterable {
    case left = "Left"
    case right = "Right"
  }

  /// The most tokens, special ones included.
  public var maximumLength: Int
  public var strategy: Strategy
  public var side: Side
  /// The number of tokens that a window shares with the one before.
  public var stride: Int

  public init(
    maximumLength: Int, strategy: Strategy = .longestFirst, side: Side = .right, stride: Int = 0
  ) {
    precondition(
      maximumLength >= 0 && stride >= 0,
      "Truncation: expected lengths of 0 and more, got \(maximumLength) and stride \(stride)")
    self.maximumLength = maximumLength
    self.strategy = strategy
    self.side = side
    self.stride = stride
  }
}

/// Texts that can't be cut as a `Truncation` asks.
public enum TruncationError: Error, Equatable, CustomStringConvertible {
  /// The special tokens alone are more than the limit.
  case specialTokensExceed(limit: Int, count: Int)
  /// Without the text that may be cut, the rest is still too long.
  case nothingLeft(limit: Int, length: Int)
  /// Only the second text may be cut, but there is none.
  case noSecondText(limit: Int, length: Int)
  /// Windows would not move on.
  case strideTooLong(stride: Int, window: Int)

  public var description: String { "expected \(wording.expected), got \(wording.found)" }

  var wording: (expected: String, found: String) {
    switch self {
    case .specialTokensExceed(let limit, let count):
      ("a maximum length of at least \(count), the special tokens", "\(limit)")
    case .nothingLeft(let limit, let length):
      ("texts of which one can be cut to give \(limit) tokens", "\(length) in all")
    case .noSecondText(let limit, let length):
      ("a second text, which alone may be cut to give \(limit) tokens", "one of \(length)")
    case .strideTooLong(let stride, let window):
      ("a stride below the \(window) tokens that a window has of the text", "\(stride)")
    }
  }
}

extension Truncation {
  private static let lengths = 0...Int(Int32.max)

  /// Reads the `truncation` of a `tokenizer.json`; nil for null.
  init?(_ field: JSONField) throws {
    if field.isNull { return nil }
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
      _ key: String, _ absent: Choice
    ) throws -> Choice {
      if field[key].isNull { return absent }
      guard let choice = Choice(rawValue: try field[key].string()) else {
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw field[key].error(expected: "one of \(names)")
      }
      return choice
    }
    self = try Truncation(
      maximumLength: field["max_length"].integer(in: Self.lengths),
      strategy: choice("strategy", .longestFirst), side: choice("direction", .right),
      stride: field["stride"].isNull ? 0 : field["stride"].integer(in: Self.lengths))
  }

  var json: JSONValue {
    .object([
      ("direction", .string(side.rawValue)), ("max_length", .integer(maximumLength)),
      ("strategy", .string(strategy.rawValue)), ("stride", .integer(stride)),
    ])
  }

  /// The lengths that texts are cut to, given their own.
  ///
  /// - Parameters:
  ///   - first: The number of tokens of the first text.
  ///   - second: That of the second text of a pair.
  ///   - specialCount: The number of special tokens that come on top.
  /// - Returns: The numbers of tokens that are left.
  /// - Throws: `TruncationError` if that is impossible.
  func lengths(
    _ first: Int, _ second: Int?, specialCount: Int
  ) throws(TruncationError) -> (first: Int, second: Int) {
    let room = maximumLength - specialCount
    let total = first + (second ?? 0)
    guard room >= 0 else {
      throw .specialTokensExceed(limit: maximumLength, count: specialCount)
    }
    guard total > room else { return (first, second ?? 0) }
    // As in Hugging Face's, whatever the strategy.
    guard room > 0 else { return (0, 0) }
    switch strategy {
    case .longestFirst:
      guard let second else { return (room, 0) }
      let (short, long) = (min(first, second), max(first, second))
      // The longer one is cut to what the shorter one leaves, but not below it; then both are.
      let isEnough = short <= room && room - short >= short
      let shortLeft = isEnough ? short : room / 2
      let longLeft = isEnough ? min(long, room - short) : room - room / 2
      return first <= second ? (shortLeft, longLeft) : (longLeft, shortLeft)
    case .onlyFirst:
      guard first > total - room else {
        throw .nothingLeft(limit: maximumLength, length: total + specialCount)
      }
      return (first - (total - room), second ?? 0)
    case .onlySecond:
      guard let second else {
        throw .noSecondText(limit: maximumLength, length: total + specialCount)
      }
      guard second > total - room else {
        throw .nothingLeft(limit: maximumLength, length: total + specialCount)
      }
      return (first, second - (total - room))
    }
  }

  /// The windows of a text of `count` tokens, `length` each; the first one is what is left of it.
  ///
  /// - Throws: `TruncationError.strideTooLong`.
  func windows(of count: Int, length: Int) throws(TruncationError) -> [Range<Int>] {
    guard length < count else { return [0..<count] }
    // As in Hugging Face's: of a text of which nothing is left, all overflows at once.
    guard length > 0 else { return [0..<0, 0..<count] }
    guard stride < length else { throw .strideTooLong(stride: stride, window: length) }
    var windows: [Range<Int>] = []
    var start = 0
    while true {
      let end = min(start + length, count)
      windows.append(side == .right ? start..<end : count - end..<count - start)
      if end == count { return windows }
      start += length - stride
    }
  }
}
