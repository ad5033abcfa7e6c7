import ApusFiles
import Foundation

/// Replaces characters by the rules of a SentencePiece character map.
///
/// Each grapheme of fewer than six bytes becomes what the shortest rule that it begins with says;
/// in longer ones, and in those without a rule, each scalar does so by itself. SentencePiece
/// itself takes the longest rule (`SentencePieceNormalizer`).
///
/// - Source: `Precompiled` of Hugging Face tokenizers, whose ids depend on these details.
public struct PrecompiledNormalizer: Normalizer, Equatable {
  public let map: CharacterMap

  public init(_ map: CharacterMap) { self.map = map }

  public var growth: Int { max(1, map.longestReplacement) }

  init(_ field: JSONField) throws {
    let place = field["precompiled_charsmap"]
    guard let data = Data(base64Encoded: try place.string()) else {
      throw place.error(expected: "base64")
    }
    map = try TokenModels.naming(place) { try CharacterMap(Array(data)) }
  }

  public var json: JSONValue {
    .object([
      ("type", .string("Precompiled")),
      ("precompiled_charsmap", .string(Data(map.bytes).base64EncodedString())),
    ])
  }

  public var allowsCuts: Bool { !map.joinsASCII }

  public func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) {
    var index = 0
    while index < text.count {
      let end = asciiEnd(from: index, in: text, into: output)
      guard end == index else {
        index = end
        continue
      }
      let chunk = Self.chunk(from: index, in: text)
      normalizeGraphemes(chunk, of: text, into: output)
      index = chunk.upperBound
    }
  }

  /// Normalizes ASCII that is followed by ASCII, and gives the index of what is not.
  private func asciiEnd(
    from start: Int, in text: UnsafeBufferPointer<UInt8>, into output: AlignedText
  ) -> Int {
    var index = start
    while index < text.count, text[index] < 0x80, Self.endsGrapheme(index, in: text) {
      let replacement = map.replacement(ofASCII: text[index])
      guard replacement >= 0 else { break }
      output.append(UInt8(replacement), from: index..<index + 1)
      index += 1
    }
    return index
  }

  /// Whether an ASCII byte is the end of a grapheme for certain.
  @inline(__always)
  private static func endsGrapheme(_ index: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard index + 1 < text.count else { return true }
    return text[index + 1] < 0x80 && (text[index] != 0x0D || text[index + 1] != 0x0A)
  }

  /// Text up to the next certain end of a grapheme.
  private static func chunk(
    from start: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> Range<Int> {
    var end = start
    while end < text.count, text[end] >= 0x80 || !endsGrapheme(end, in: text) { end += 1 }
    return start..<min(end + 1, text.count)
  }

  private func normalizeGraphemes(
    _ chunk: Range<Int>, of text: UnsafeBufferPointer<UInt8>, into output: AlignedText
  ) {
    let bytes = UnsafeBufferPointer(rebasing: text[chunk])
    guard let string = String(validating: bytes, as: UTF8.self) else {
      // Graphemes of ill-formed text are not defined: each scalar stands for itself.
      return normalizeScalars(chunk, of: text, into: output)
    }
    var start = chunk.lowerBound
    for grapheme in string {
      let range = start..<start + grapheme.utf8.count
      if range.count < 6, let match = map.shortestMatch(text, in: range) {
        replace(range, by: match.text, of: text, into: output)
      } else {
        normalizeScalars(range, of: text, into: output)
      }
      start = range.upperBound
    }
  }

  private func normalizeScalars(
    _ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>, into output: AlignedText
  ) {
    var index = range.lowerBound
    while index < range.upperBound {
      let (value, end) = scalar(at: index, in: text)
      if let match = map.shortestMatch(text, in: index..<end) {
        replace(index..<end, by: match.text, of: text, into: output)
      } else if value == 0xFFFD {
        output.append("\u{FFFD}", from: index..<end)
      } else {
        output.append(UnsafeBufferPointer(rebasing: text[index..<end]), from: index)
      }
      index = end
    }
  }

  /// Appends a replacement, whose scalars come from those they replace one by one; what is left
  /// over comes from the last.
  private func replace(
    _ range: Range<Int>, by replacement: Range<Int>, of text: UnsafeBufferPointer<UInt8>,
    into output: AlignedText
  ) {
    var source = range.lowerBound..<scalar(at: range.lowerBound, in: text).end
    for index in replacement {
      if index > replacement.lowerBound, map.bytes[index] & 0xC0 != 0x80,
        source.upperBound < range.upperBound
      {
        source = source.upperBound..<scalar(at: source.upperBound, in: text).end
      }
      output.append(map.bytes[index], from: source)
    }
  }
}
