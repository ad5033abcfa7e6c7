import Foundation

/// The canonical decomposition (NFD) of single scalars.
struct CanonicalDecomposition: Sendable {
  static let shared = CanonicalDecomposition()

  private let table: [UInt32: [Unicode.Scalar]]

  private init() {
    var table: [UInt32: [Unicode.Scalar]] = [:]
    let ranges = UnicodeRanges.decomposable
    for index in stride(from: 0, to: ranges.count, by: 2) {
      for value in ranges[index]..<ranges[index + 1] where !Self.isHangul(value) {
        guard let scalar = Unicode.Scalar(value) else { continue }
        let whole = String(scalar).decomposedStringWithCanonicalMapping
        table[value] = Array(whole.unicodeScalars)
      }
    }
    self.table = table
  }

  /// Calls `body` with each scalar of a decomposition; with the scalar itself if it has none.
  @inline(__always)
  func forEach(of value: UInt32, _ body: (Unicode.Scalar) -> Void) {
    if Self.isHangul(value) {
      Self.hangul(value).forEach(body)
    } else if let parts = table[value] {
      parts.forEach(body)
    } else if let scalar = Unicode.Scalar(value) {
      body(scalar)
    }
  }

  private static func isHangul(_ value: UInt32) -> Bool { 0xAC00..<0xD7A4 ~= value }

  /// - Source: Hangul syllable decomposition, The Unicode Standard, §3.12.
  private static func hangul(_ value: UInt32) -> [Unicode.Scalar] {
    let index = value - 0xAC00
    var parts = [0x1100 + index / 588, 0x1161 + index % 588 / 28]
    if index % 28 > 0 { parts.append(0x11A7 + index % 28) }
    return parts.compactMap(Unicode.Scalar.init)
  }
}
