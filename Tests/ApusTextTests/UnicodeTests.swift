import ApusFiles
import Testing

@testable import ApusText

/// The conformance files of Unicode 17, where they concern what is built here.
///
/// Normalization is. Case folding is not, as lower-casing goes by lower-case mappings; nor are
/// breaks between grapheme clusters, words and sentences, as pre-tokenizers go by other rules.
@Suite struct UnicodeTests {
  private func normalized(_ text: String, _ form: UnicodeNormalizer.Form) -> [UInt32] {
    let output = AlignedText()
    var text = text
    text.withUTF8 { UnicodeNormalizer(form).normalize($0, into: output) }
    return String(decoding: output.bytes, as: UTF8.self).unicodeScalars.map(\.value)
  }

  private func text(_ field: Substring) -> String {
    String(
      String.UnicodeScalarView(
        field.split(separator: " ").compactMap { UInt32($0, radix: 16) }
          .compactMap(Unicode.Scalar.init)))
  }

  @Test(.enabled(if: sharedData != nil, "needs \(sharedDataPath)"))
  func normalizationConforms() throws {
    let data = try #require(sharedData)
    let bytes = try contents(of: "\(data)/unicode_17.0.0/NormalizationTest.txt.gz")
    var single: Set<UInt32> = []
    var isPart1 = false
    var count = 0
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      if line.hasPrefix("@Part") { isPart1 = line.hasPrefix("@Part1") }
      let fields = line.prefix { $0 != "#" }.split(separator: ";").map(text)
      guard fields.count >= 5, !line.hasPrefix("@") else { continue }
      let forms = fields.map { $0.unicodeScalars.map(\.value) }
      if isPart1, let first = forms[0].first { single.insert(first) }
      for (index, field) in fields.prefix(5).enumerated() {
        let isCanonical = index < 3
        let place = Comment(rawValue: "\(line.prefix(60)), column \(index + 1)")
        #expect(normalized(field, .nfc) == forms[isCanonical ? 1 : 3], place)
        #expect(normalized(field, .nfd) == forms[isCanonical ? 2 : 4], place)
        #expect(normalized(field, .nfkc) == forms[3], place)
        #expect(normalized(field, .nfkd) == forms[4], place)
      }
      count += 1
    }
    #expect(count > 18_000)
    // All that Part 1 leaves out stay as they are.
    var others = String.UnicodeScalarView()
    for value in UInt32(0)..<0x110000 where !single.contains(value) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      others.append(scalar)
      others.append("\n")
    }
    for form in UnicodeNormalizer.Form.allCases {
      #expect(normalized(String(others), form).elementsEqual(others.lazy.map(\.value)))
    }
  }

  /// Orders and compositions that short texts of the file don't reach.
  @Test func normalizesLongRuns() {
    let marks = (0..<100).map { $0 % 2 == 0 ? "\u{301}" : "\u{323}" }.joined()
    let sorted =
      Array(repeating: UInt32(0x323), count: 50) + Array(repeating: UInt32(0x301), count: 50)
    #expect(normalized("a" + marks, .nfd) == [0x61] + sorted)
    #expect(normalized("q" + marks + "b", .nfc) == [0x71] + sorted + [0x62])
    #expect(normalized("a" + marks, .nfc) == [0x1EA1] + sorted.dropFirst())
  }

  @Test func keepsIllFormedBytes() {
    let bytes: [UInt8] = [0x65, 0xFF, 0xCC, 0x81, 0xC3, 0x41, 0xE2, 0x84]
    let normalizers: [any Normalizer] =
      UnicodeNormalizer.Form.allCases.map(UnicodeNormalizer.init) + [
        StripNormalizer(), ReplaceNormalizer(.string("zz"), with: ""), SequenceNormalizer([]),
      ]
    for normalizer in normalizers {
      let output = AlignedText()
      bytes.withUnsafeBufferPointer { normalizer.normalize($0, into: output) }
      #expect(output.bytes.elementsEqual(bytes), "\(normalizer)")
    }
  }
}
