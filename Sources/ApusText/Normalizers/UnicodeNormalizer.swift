import ApusFiles

/// One of the four normalization forms of Unicode 17.
///
/// A composed character comes from all that it is composed of. Ill-formed bytes stay.
///
/// - Source: Unicode Standard Annex #15. Hugging Face's tables are older: of the scalars added
///   since Unicode 9 they leave a few dozen as they are.
public struct UnicodeNormalizer: Normalizer, Equatable {
  public enum Form: String, Sendable, CaseIterable {
    case nfc = "NFC"
    case nfd = "NFD"
    case nfkc = "NFKC"
    case nfkd = "NFKD"

    /// Whether what was decomposed is composed again.
    var composes: Bool { self == .nfc || self == .nfkc }
    /// Whether compatibility characters, such as ligatures, are decomposed too.
    var isCompatible: Bool { self == .nfkc || self == .nfkd }
  }

  public let form: Form

  public init(_ form: Form) { self.form = form }

  public var json: JSONValue { .object([("type", .string(form.rawValue))]) }

  public func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) {
    var pass = UnicodeNormalizerPass(form: form, output: output)
    pass.run(over: text)
  }
}

/// One run of the normalizer over one text.
private struct UnicodeNormalizerPass {
  let composes: Bool
  let data: NormalizationData
  let output: AlignedText
  /// Scalars since the last starter that may still compose or change places.
  var pending = CombiningRun()

  init(form: UnicodeNormalizer.Form, output: AlignedText) {
    composes = form.composes
    data = form.isCompatible ? .compatible : .canonical
    self.output = output
  }

  mutating func run(over text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    while index < text.count {
      if text[index] < 0x80 {
        index = ascii(from: index, in: text)
        continue
      }
      let (value, end) = multibyteScalar(at: index, in: text)
      if value == 0xFFFD, end == index + 1 {
        flush()
        output.append(text[index], from: index..<end)
      } else {
        add(value, from: index..<end)
      }
      index = end
    }
    flush()
  }

  /// Copies ASCII up to the next other byte and returns its index.
  private mutating func ascii(from start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    flush()
    let end = asciiEnd(from: start, in: text)
    // The last one may compose with a mark behind it.
    let isHeld = composes && end < text.count
    output.append(
      UnsafeBufferPointer(rebasing: text[start..<(isHeld ? end - 1 : end)]), from: start)
    if isHeld { pending.append(UInt32(text[end - 1]), order: 0, from: end - 1..<end) }
    return end
  }

  private mutating func add(_ value: UInt32, from origin: Range<Int>) {
    let properties = data[value]
    if properties.isPlain, !Hangul.syllables.contains(value) {
      flush()
      if composes {
        pending.append(value, order: 0, from: origin)
      } else {
        output.append(value, from: origin)
      }
      return
    }
    data.forEachPart(of: value) { part in
      let properties = data[part]
      if properties.order == 0, !(composes && properties.joinsBefore) { flush() }
      pending.append(part, order: properties.order, from: origin)
    }
  }

  private mutating func flush() {
    guard !pending.isEmpty else { return }
    if pending.items.count > 1 {
      pending.sort()
      if composes { pending.compose(data) }
    }
    for item in pending.items { output.append(item.scalar, from: item.origin) }
    pending.removeAll()
  }
}
