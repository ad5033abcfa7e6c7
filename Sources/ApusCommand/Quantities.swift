import Foundation

/// Numbers as people read them.
enum Quantities {
  /// A count with commas between groups of three digits.
  static func count(_ count: Int) -> String {
    let digits = String(count.magnitude)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped.append(",") }
      grouped.append(digit)
    }
    return count < 0 ? "-\(grouped)" : grouped
  }

  /// A count with its noun, which takes an s unless the count is 1.
  static func count(_ count: Int, _ noun: String) -> String {
    "\(Self.count(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// Bytes in decimal multiples.
  static func bytes(_ bytes: Double) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    var (value, unit) = (bytes, 0)
    while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    return String(format: value < 10 && unit > 0 ? "%.1f %@" : "%.0f %@", value, units[unit])
  }

  static func bytes(_ bytes: Int) -> String { Self.bytes(Double(bytes)) }

  /// A share in percent, with as many digits as tell it from none and from all.
  static func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "0 %" }
    let percent = 100 * Double(part) / Double(whole)
    return String(format: percent < 0.1 && part > 0 ? "%.2g %%" : "%.1f %%", percent)
  }
}
