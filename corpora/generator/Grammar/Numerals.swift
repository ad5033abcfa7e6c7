/// Numbers in words and lists in prose.
enum Numerals {
  private static let small = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
  ]
  private static let tens = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
  ]
  private static let irregularOrdinals = [
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
  ]

  /// A number below a million in words, or with digits in groups of three above.
  static func words(_ number: Int) -> String {
    switch number {
    case ..<0: return "minus " + words(-number)
    case ..<20: return small[number]
    case ..<100:
      return tens[number / 10] + (number % 10 == 0 ? "" : "-" + small[number % 10])
    case ..<1000:
      let rest = number % 100 == 0 ? "" : " and " + words(number % 100)
      return small[number / 100] + " hundred" + rest
    case ..<1_000_000:
      let (thousands, rest) = (number / 1000, number % 1000)
      if rest == 0 { return words(thousands) + " thousand" }
      return words(thousands) + " thousand" + (rest < 100 ? " and " : " ") + words(rest)
    default: return grouped(number)
    }
  }

  static func ordinal(_ number: Int) -> String {
    let cardinal = words(number)
    let cut = cardinal.lastIndex { $0 == "-" || $0 == " " }.map(cardinal.index(after:))
    let front = cardinal[..<(cut ?? cardinal.startIndex)]
    let last = String(cardinal[(cut ?? cardinal.startIndex)...])
    if let irregular = irregularOrdinals[last] { return front + irregular }
    return front + (last.hasSuffix("y") ? last.dropLast() + "ieth" : last + "th")
  }

  /// Digits with commas: 12,400.
  static func grouped(_ number: Int) -> String {
    number < 1000
      ? String(number)
      : grouped(number / 1000) + "," + String(String(1000 + number % 1000).dropFirst())
  }

  /// "one apple", "three apples".
  static func count(_ number: Int, _ noun: String) -> String {
    words(number) + " " + (number == 1 ? noun : Morphology.plural(noun))
  }

  /// "bread, cheese and an onion".
  static func list(_ items: [String], _ conjunction: String = "and") -> String {
    guard items.count > 1, let last = items.last else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
  }
}
