/// What the letters of a word look like, which its lower-cased form does not say.
///
/// - Source: Collobert et al. 2011, §3.2.
enum WordCasing: Int32, CaseIterable {
  case lower, upper, initialUpper, mixed, numeric, withDigits, other

  init(_ word: String) {
    let scalars = word.unicodeScalars.map(\.properties)
    let digitCount = scalars.count { $0.numericType != nil }
    let letters = scalars.filter { $0.isAlphabetic }
    let upperCount = letters.count { $0.isUppercase || $0.generalCategory == .titlecaseLetter }
    if letters.isEmpty {
      self = digitCount > 0 ? .numeric : .other
    } else if digitCount > 0 {
      self = .withDigits
    } else if upperCount == 0 {
      self = .lower
    } else if upperCount == letters.count, letters.count > 1 {
      self = .upper
    } else if upperCount == 1, letters.first?.isUppercase == true {
      self = .initialUpper
    } else {
      self = .mixed
    }
  }
}
