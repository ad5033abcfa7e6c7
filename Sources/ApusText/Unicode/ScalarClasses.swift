/// What the parts of a tokenizer need to know of a Unicode scalar.
struct ScalarClass: OptionSet {
  let rawValue: UInt16

  static let letter = ScalarClass(rawValue: 1)
  static let number = ScalarClass(rawValue: 2)
  static let whitespace = ScalarClass(rawValue: 4)
  static let punctuation = ScalarClass(rawValue: 8)
  static let unclean = ScalarClass(rawValue: 16)
  static let ideograph = ScalarClass(rawValue: 32)
  static let nonspacingMark = ScalarClass(rawValue: 64)
  static let decomposable = ScalarClass(rawValue: 128)
  static let word = ScalarClass(rawValue: 256)
}

/// The class of every Unicode scalar, two bytes each, unfolded from ranges at first use.
struct ScalarClasses: Sendable {
  static let shared = ScalarClasses()

  private let classes: [UInt16]

  private init() {
    let kinds: [(ScalarClass, [UInt32])] = [
      (.letter, UnicodeRanges.letter), (.number, UnicodeRanges.number),
      (.whitespace, UnicodeRanges.whitespace), (.punctuation, UnicodeRanges.punctuation),
      (.word, UnicodeRanges.word),
      (.unclean, UnicodeRanges.unclean), (.ideograph, UnicodeRanges.ideograph),
      (.nonspacingMark, UnicodeRanges.nonspacingMark),
      (.decomposable, UnicodeRanges.decomposable),
    ]
    var classes = [UInt16](repeating: 0, count: 0x110000)
    for (kind, ranges) in kinds {
      for index in stride(from: 0, to: ranges.count, by: 2) {
        for value in ranges[index]..<ranges[index + 1] { classes[Int(value)] |= kind.rawValue }
      }
    }
    self.classes = classes
  }

  @inline(__always)
  subscript(value: UInt32) -> ScalarClass { ScalarClass(rawValue: classes[Int(value)]) }
}
