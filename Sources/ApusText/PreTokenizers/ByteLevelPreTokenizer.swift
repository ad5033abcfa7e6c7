import ApusFiles

/// GPT-2's way of cutting text into words with the space before them.
///
/// The pattern, written out by hand below, is
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
///
/// - Source: Radford et al. 2019; `encoder.py` of their code.
public struct ByteLevelPreTokenizer: PreTokenizer, Equatable {
  /// Whether a text that starts with no space is treated as if it did.
  public var addsPrefixSpace: Bool
  /// Whether the pattern is used; if not, the whole text is one piece.
  public var usesPattern: Bool

  public init(addsPrefixSpace: Bool = false, usesPattern: Bool = true) {
    self.addsPrefixSpace = addsPrefixSpace
    self.usesPattern = usesPattern
  }

  init(_ field: JSONField) throws {
    addsPrefixSpace = try field["add_prefix_space"].bool(default: true)
    usesPattern = try field["use_regex"].bool(default: true)
  }

  public var json: JSONValue {
    .object([
      ("type", .string("ByteLevel")),
      ("add_prefix_space", .bool(addsPrefixSpace)),
      ("trim_offsets", .bool(true)),
      ("use_regex", .bool(usesPattern)),
    ])
  }

  public func rewrite(
    _ text: UnsafeBufferPointer<UInt8>, at place: TextPlace, into output: AlignedText
  ) -> Bool {
    guard addsPrefixSpace, place != .continuation, let first = text.first,
      first != UInt8(ascii: " ")
    else { return false }
    output.append(UInt8(ascii: " "), from: 0..<scalar(at: 0, in: text).end)
    output.append(text, from: 0)
    return true
  }

  public func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    guard usesPattern, 0 < index, index + 1 < text.count else { return false }
    let visible: ClosedRange<UInt8> = 0x21...0x7E
    return text[index] == 0x20 && visible.contains(text[index - 1])
      && visible.contains(text[index + 1])
  }

  public func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>]) {
    guard usesPattern else {
      if !text.isEmpty { pieces.append(0..<text.count) }
      return
    }
    var start = 0
    while start < text.count {
      let end = Self.pieceEnd(from: start, in: text)
      pieces.append(start..<end)
      start = end
    }
  }

  private static func pieceEnd(from start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    let first = text[start]
    if first == UInt8(ascii: "'") {
      let length = contractionLength(at: start, in: text)
      if length > 0 { return start + length }
    }
    if first == UInt8(ascii: " "), start + 1 < text.count {
      let (kind, end) = kindOfScalar(at: start + 1, in: text)
      if kind != .whitespace { return runEnd(of: kind, from: end, in: text) }
    }
    let (kind, end) = kindOfScalar(at: start, in: text)
    let last = runEnd(of: kind, from: end, in: text)
    // `\s+(?!\S)` leaves the last white space to the word behind it.
    guard kind == .whitespace, last < text.count, last > end else { return last }
    return scalarStart(before: last, in: text)
  }

  /// The length of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d` at an index, or 0.
  private static func contractionLength(
    at index: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> Int {
    guard index + 1 < text.count else { return 0 }
    switch text[index + 1] {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return index + 2 < text.count && text[index + 2] == UInt8(ascii: "e") ? 3 : 0
    case UInt8(ascii: "l"):
      return index + 2 < text.count && text[index + 2] == UInt8(ascii: "l") ? 3 : 0
    default: return 0
    }
  }

  /// The alternatives of the pattern.
  private enum Kind { case letter, number, whitespace, other }

  @inline(__always)
  private static func kindOfScalar(
    at index: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> (Kind, end: Int) {
    let byte = text[index]
    if byte < 0x80 { return (asciiKind(byte), index + 1) }
    let (value, end) = multibyteScalar(at: index, in: text)
    let kind = ScalarClasses.shared[value]
    if kind.contains(.letter) { return (.letter, end) }
    if kind.contains(.number) { return (.number, end) }
    return (kind.contains(.whitespace) ? .whitespace : .other, end)
  }

  @inline(__always)
  private static func asciiKind(_ byte: UInt8) -> Kind {
    let lower = byte | 0x20
    if UInt8(ascii: "a")...UInt8(ascii: "z") ~= lower { return .letter }
    if UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { return .number }
    return byte == 0x20 || 0x09...0x0D ~= byte ? .whitespace : .other
  }

  @inline(__always)
  private static func runEnd(
    of kind: Kind, from start: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> Int {
    var index = start
    while index < text.count {
      let (next, end) = kindOfScalar(at: index, in: text)
      if next != kind { return index }
      index = end
    }
    return index
  }
}
