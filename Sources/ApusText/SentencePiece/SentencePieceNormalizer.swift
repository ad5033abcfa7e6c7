import ApusFiles

/// The normalizer of SentencePiece models: a character map, and spaces that are too many.
///
/// Each place of the text takes the longest rule of the map. Bytes that are no UTF-8 become
/// U+FFFD, one by one.
///
/// - Source: Kudo & Richardson 2018; the `NormalizerSpec` of model files.
public struct SentencePieceNormalizer: Normalizer, Equatable {
  /// Nil leaves characters as they are.
  public let map: CharacterMap?
  /// Whether spaces at both ends and all but one of each run go.
  public var removesExtraSpaces: Bool
  /// Texts that stay as they are, whatever the map says.
  public let protected: [String]

  private let matcher: [[[UInt8]]]
  /// What each ASCII byte before another one or the end becomes; -1 for what rules or protected
  /// texts of more bytes concern.
  private let plain: [Int16]

  public init(map: CharacterMap? = nil, removesExtraSpaces: Bool = true, protected: [String] = []) {
    self.map = map
    self.removesExtraSpaces = removesExtraSpaces
    self.protected = protected
    let matcher = Self.matcher(protected)
    self.matcher = matcher
    plain = (UInt8(0)..<0x80).map { byte in
      matcher[Int(byte)].isEmpty ? map?.replacement(ofASCII: byte) ?? Int16(byte) : -1
    }
  }

  /// Protected texts by their first byte, the longest first.
  private static func matcher(_ protected: [String]) -> [[[UInt8]]] {
    var byFirst = [[[UInt8]]](repeating: [], count: 256)
    for text in protected.map({ Array($0.utf8) }).sorted(by: { $0.count > $1.count }) {
      if let first = text.first { byFirst[Int(first)].append(text) }
    }
    return byFirst
  }

  /// The nearest form that Hugging Face tokenizers have, as transformers converts model files;
  /// `Tokenizer.save(to:)` refuses what it would change.
  public var json: JSONValue {
    let spaces: [JSONValue] = [
      .object([
        ("type", .string("Strip")), ("strip_left", .bool(false)), ("strip_right", .bool(true)),
      ]),
      .object([
        ("type", .string("Replace")), ("pattern", .object([("Regex", .string(" {2,}"))])),
        ("content", .string(" ")),
      ]),
    ]
    let parts =
      [map.map { PrecompiledNormalizer($0).json }].compactMap(\.self)
      + (removesExtraSpaces ? spaces : [])
    return parts.isEmpty
      ? .null
      : .object([("type", .string("Sequence")), ("normalizers", .array(parts))])
  }

  public var allowsCuts: Bool { false }

  public func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) {
    let start = output.count
    var isBehindSpace = removesExtraSpaces
    var index = 0
    while index < text.count {
      let end = output.isTracking ? index : plainEnd(from: index, in: text, &isBehindSpace, output)
      guard end == index else {
        index = end
        continue
      }
      index = normalizeNext(at: index, in: text, &isBehindSpace, into: output)
    }
    if removesExtraSpaces { trimEnd(of: output, downTo: start) }
  }

  /// Normalizes ASCII before ASCII that no rule or protected text concerns.
  private func plainEnd(
    from start: Int, in text: UnsafeBufferPointer<UInt8>, _ isBehindSpace: inout Bool,
    _ output: AlignedText
  ) -> Int {
    guard text[start] < 0x80 else { return start }
    let target = output.reserve(text.count - start)
    var written = 0
    var index = start
    while index < text.count, text[index] < 0x80,
      index + 1 == text.count || text[index + 1] < 0x80
    {
      let byte = plain[Int(text[index])]
      guard byte >= 0 else { break }
      let isSpace = byte == 0x20
      if !isSpace || !isBehindSpace {
        target[written] = UInt8(truncatingIfNeeded: byte)
        written += 1
      }
      isBehindSpace = isSpace && removesExtraSpaces
      index += 1
    }
    output.commit(written)
    return index
  }

  /// Normalizes what one rule, one protected text or else one scalar covers; returns its end.
  private func normalizeNext(
    at index: Int, in text: UnsafeBufferPointer<UInt8>, _ isBehindSpace: inout Bool,
    into output: AlignedText
  ) -> Int {
    let rest = text[index...]
    if let whole = matcher[Int(text[index])].first(where: { rest.starts(with: $0) }) {
      let end = index + whole.count
      append(whole[...], from: index..<end, &isBehindSpace, to: output)
      return end
    }
    if let map, let match = map.longestMatch(text, at: index) {
      let end = index + match.length
      append(map.bytes[match.text], from: index..<end, &isBehindSpace, to: output)
      return end
    }
    let (value, end) = scalar(at: index, in: text)
    if value == 0xFFFD {
      append(Array("\u{FFFD}".utf8)[...], from: index..<end, &isBehindSpace, to: output)
    } else {
      append(Array(text[index..<end])[...], from: index..<end, &isBehindSpace, to: output)
    }
    return end
  }

  /// Appends a part of the normalized text without spaces that are too many.
  private func append(
    _ part: ArraySlice<UInt8>, from origin: Range<Int>, _ isBehindSpace: inout Bool,
    to output: AlignedText
  ) {
    let space = UInt8(ascii: " ")
    let kept = isBehindSpace ? part.drop { $0 == space } : part
    for byte in kept { output.append(byte, from: origin) }
    if let last = kept.last { isBehindSpace = last == space && removesExtraSpaces }
  }

  /// Takes away spaces at the end, and visible ones, which SentencePiece does not tell from them.
  private func trimEnd(of output: AlignedText, downTo start: Int) {
    let mark = MetaspacePreTokenizer.defaultReplacement.utf8
    while let last = output.bytes[start...].last {
      if last == UInt8(ascii: " ") {
        output.removeLast(1)
      } else if last & 0x80 != 0, output.bytes[start...].suffix(mark.count).elementsEqual(mark) {
        output.removeLast(mark.count)
      } else {
        return
      }
    }
  }
}
