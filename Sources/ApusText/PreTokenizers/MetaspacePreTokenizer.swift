import ApusFiles
import Glibc

/// Makes spaces visible and cuts before each.
///
/// - Source: the meta symbol of Kudo & Richardson 2018, in the form of Hugging Face's `Metaspace`.
public struct MetaspacePreTokenizer: PreTokenizer, Equatable {
  /// Where a space is put before a text that starts with none.
  public enum Prepending: String, Sendable, CaseIterable {
    /// Before every section between added tokens.
    case always
    /// Before the whole text only.
    case first
    case never
  }

  /// What a space becomes.
  public let replacement: Unicode.Scalar
  public var prepending: Prepending
  /// Whether text is cut; if not, it is one piece.
  public var splits: Bool
  /// The replacement as UTF-8.
  private let mark: [UInt8]

  /// U+2581, a low block that fonts show as a thick underscore.
  public static let defaultReplacement: Unicode.Scalar = "\u{2581}"

  public init(
    replacement: Unicode.Scalar = defaultReplacement, prepending: Prepending = .always,
    splits: Bool = true
  ) {
    self.replacement = replacement
    self.prepending = prepending
    self.splits = splits
    mark = Array(replacement.utf8)
  }

  init(_ field: JSONField) throws {
    self.init(
      replacement: try Self.replacement(field), prepending: try Self.prepending(field),
      splits: try field["split"].bool(default: true))
  }

  /// Reads the member `replacement` of a pre-tokenizer or decoder.
  static func replacement(_ field: JSONField) throws -> Unicode.Scalar {
    let scalars = try field["replacement"].optionalString()?.unicodeScalars
    guard let scalars else { return defaultReplacement }
    guard let first = scalars.first, scalars.count == 1 else {
      throw field["replacement"].error(expected: "one character")
    }
    return first
  }

  /// Reads the member `prepend_scheme`, or `add_prefix_space` of early versions.
  static func prepending(_ field: JSONField) throws -> Prepending {
    let scheme = field["prepend_scheme"]
    let adds = try field["add_prefix_space"].bool(default: true)
    guard let name = try scheme.optionalString() else { return adds ? .always : .never }
    guard let prepending = Prepending(rawValue: name) else {
      throw scheme.error(expected: "one of always, first, never")
    }
    guard adds || prepending == .never || field["add_prefix_space"].isNull else {
      throw scheme.error(expected: "never, as add_prefix_space is false")
    }
    return prepending
  }

  public var json: JSONValue {
    .object([
      ("type", .string("Metaspace")), ("replacement", .string(String(replacement))),
      ("prepend_scheme", .string(prepending.rawValue)), ("split", .bool(splits)),
    ])
  }

  public func rewrite(
    _ text: UnsafeBufferPointer<UInt8>, at place: TextPlace, into output: AlignedText
  ) -> Bool {
    guard let first = text.first else { return false }
    let prepends: Bool
    switch prepending {
    case .always: prepends = place != .continuation
    case .first: prepends = place == .start
    case .never: prepends = false
    }
    if prepends, first != UInt8(ascii: " "), !text.starts(with: mark) {
      output.append(replacement, from: 0..<scalar(at: 0, in: text).end)
    }
    output.append(text, replacingSpacesBy: replacement)
    return true
  }

  public func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>]) {
    guard let base = text.baseAddress, !text.isEmpty else { return }
    var start = 0
    mark.withUnsafeBufferPointer { mark in
      guard splits, let bytes = mark.baseAddress else { return }
      var index = 1
      while index < text.count,
        let found = memchr(base + index, Int32(bytes.pointee), text.count - index)
      {
        index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
        if index + mark.count <= text.count, memcmp(found, bytes, mark.count) == 0 {
          pieces.append(start..<index)
          start = index
        }
        index += 1
      }
    }
    pieces.append(start..<text.count)
  }

  public func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    guard splits, 0 < index, index + 1 < text.count else { return false }
    let visible: ClosedRange<UInt8> = 0x21...0x7E
    return text[index] == UInt8(ascii: " ") && visible.contains(text[index - 1])
      && visible.contains(text[index + 1])
  }
}
