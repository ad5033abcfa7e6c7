import ApusFiles

/// The normalizer of BERT: cleaning, spaces around ideographs, accents, case.
///
/// - Source: `BasicTokenizer` of Devlin et al. 2019, in the form of Hugging Face's `BertNormalizer`.
public struct BERTNormalizer: Normalizer, Equatable {
  /// Whether control characters go and every kind of white space becomes a space.
  public var cleansText: Bool
  /// Whether each ideograph becomes a word of its own.
  public var spacesIdeographs: Bool
  /// Whether text is decomposed and nonspacing marks go; nil does as `lowercases`.
  public var stripsAccents: Bool?
  public var lowercases: Bool

  public init(
    cleansText: Bool = true, spacesIdeographs: Bool = true, stripsAccents: Bool? = nil,
    lowercases: Bool = true
  ) {
    self.cleansText = cleansText
    self.spacesIdeographs = spacesIdeographs
    self.stripsAccents = stripsAccents
    self.lowercases = lowercases
  }

  init(_ field: JSONField) throws {
    cleansText = try field["clean_text"].bool(default: true)
    spacesIdeographs = try field["handle_chinese_chars"].bool(default: true)
    stripsAccents =
      try field["strip_accents"].isNull ? nil : field["strip_accents"].bool(default: false)
    lowercases = try field["lowercase"].bool(default: true)
  }

  /// Reads the `tokenizer_config.json` of a BERT model.
  init(configuration field: JSONField) throws {
    spacesIdeographs = try field["tokenize_chinese_chars"].bool(default: true)
    stripsAccents =
      try field["strip_accents"].isNull ? nil : field["strip_accents"].bool(default: false)
    lowercases = try field["do_lower_case"].bool(default: true)
    cleansText = true
  }

  public var json: JSONValue {
    .object([
      ("type", .string("BertNormalizer")),
      ("clean_text", .bool(cleansText)),
      ("handle_chinese_chars", .bool(spacesIdeographs)),
      ("strip_accents", stripsAccents.map(JSONValue.bool) ?? .null),
      ("lowercase", .bool(lowercases)),
    ])
  }

  public func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) {
    var pass = BERTNormalizerPass(options: self, output: output)
    pass.run(over: text)
  }
}

/// One run of the normalizer over one text.
private struct BERTNormalizerPass {
  let options: BERTNormalizer
  let stripsAccents: Bool
  let output: AlignedText
  let classes = ScalarClasses.shared
  let data = NormalizationData.canonical
  /// Scalars since the last starter, not yet in canonical order.
  var pending = CombiningRun()

  init(options: BERTNormalizer, output: AlignedText) {
    self.options = options
    self.output = output
    stripsAccents = options.stripsAccents ?? options.lowercases
  }

  mutating func run(over text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while index < text.count {
      if text[index] < 0x80 {
        flush()
        index = ascii(from: index, in: text)
      } else {
        let (value, end) = multibyteScalar(at: index, in: text)
        clean(value, classes[value], from: index..<end)
        index = end
      }
    }
    flush()
  }

  /// Normalizes ASCII up to the next other byte and returns its index.
  private func ascii(from start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    var index = start
    // Where the next block may begin: a block with an odd byte is gone through byte by byte.
    var nextBlock = output.isTracking ? text.count : start
    while index < text.count, text[index] < 0x80 {
      if index >= nextBlock {
        index = asciiBlocks(from: index, in: text)
        nextBlock = index + 8
        continue
      }
      var byte = text[index]
      if options.cleansText {
        if byte == 0x20 || 0x09...0x0A ~= byte || byte == 0x0D {
          byte = 0x20
        } else if byte < 0x20 || byte == 0x7F {
          index += 1
          continue
        }
      }
      if options.lowercases, 0x41...0x5A ~= byte { byte |= 0x20 }
      output.append(byte, from: index..<index + 1)
      index += 1
    }
    return index
  }

  /// Normalizes blocks of eight bytes as long as they hold only visible ASCII and spaces.
  @inline(__always)
  private func asciiBlocks(from start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    guard text.count - start >= 8 else { return start }
    // Eight sums at once: none carries into the next byte as long as all are ASCII.
    func each(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
    let highBits = each(0x80)
    let raw = UnsafeRawBufferPointer(text)
    let target = UnsafeMutableRawPointer(output.reserve(text.count - start))
    let caseBits = options.lowercases ? each(0x20) : 0
    var index = start
    while index + 8 <= text.count {
      let block = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let isVisible = (block &+ each(0x80 - 0x20)) & ~(block &+ each(0x80 - 0x7F)) & ~block
      guard isVisible & highBits == highBits else { break }
      let isUpper = (block &+ each(0x80 - 0x41)) & ~(block &+ each(0x80 - 0x5B)) & highBits
      target.storeBytes(
        of: block | (isUpper >> 2) & caseBits, toByteOffset: index - start, as: UInt64.self)
      index += 8
    }
    output.commit(index - start)
    return index
  }

  private mutating func clean(_ value: UInt32, _ kind: ScalarClass, from origin: Range<Int>) {
    guard options.cleansText, !kind.isDisjoint(with: [.unclean, .whitespace]) else {
      return space(value, kind, from: origin)
    }
    if !kind.contains(.unclean) { strip(0x20, .whitespace, from: origin) }
  }

  private mutating func space(_ value: UInt32, _ kind: ScalarClass, from origin: Range<Int>) {
    guard options.spacesIdeographs, kind.contains(.ideograph) else {
      return strip(value, kind, from: origin)
    }
    strip(0x20, .whitespace, from: origin)
    strip(value, kind, from: origin)
    strip(0x20, .whitespace, from: origin)
  }

  private mutating func strip(_ value: UInt32, _ kind: ScalarClass, from origin: Range<Int>) {
    let plain: ScalarClass = [.letter, .number, .punctuation, .whitespace]
    guard stripsAccents else { return emit(value, from: origin) }
    // Letters, digits and punctuation are starters: nothing moves across them.
    if !kind.isDisjoint(with: plain), kind.isDisjoint(with: [.decomposable, .nonspacingMark]) {
      flush()
      return emit(value, from: origin)
    }
    // Of the scalars that decompose, those that Hugging Face's tables have not are kept.
    guard kind.contains(.decomposable) else { return append(value, from: origin) }
    data.forEachPart(of: value) { append($0, from: origin) }
  }

  private mutating func append(_ scalar: UInt32, from origin: Range<Int>) {
    let order = data[scalar].order
    if order == 0 { flush() }
    pending.append(scalar, order: order, from: origin)
  }

  /// Emits the pending scalars in canonical order, without marks.
  private mutating func flush() {
    guard !pending.isEmpty else { return }
    pending.sort()
    for item in pending.items where !classes[item.scalar].contains(.nonspacingMark) {
      emit(item.scalar, from: item.origin)
    }
    pending.removeAll()
  }

  private func emit(_ value: UInt32, from origin: Range<Int>) {
    if options.lowercases {
      output.append(lowercased: value, from: origin)
    } else {
      output.append(value, from: origin)
    }
  }
}
