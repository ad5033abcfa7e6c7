import Glibc

/// The value of a decimal number that fills a text; nil for other texts.
///
/// Most numbers of vectors are exact as an integer below 2⁵³ times or over a power of ten up to 10²²,
/// so that one rounding gives the nearest Double (Clinger 1990); the C library takes the others.
func decimal(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
  var index = 0
  let isNegative = text.first == UInt8(ascii: "-")
  if isNegative || text.first == UInt8(ascii: "+") { index += 1 }
  var (mantissa, digits, scale, hasPoint) = (UInt64(0), 0, 0, false)
  while index < text.count {
    let byte = text[index]
    if 0x30...0x39 ~= byte {
      guard digits < 18 else { return libraryDecimal(text) }
      mantissa = mantissa * 10 + UInt64(byte - 0x30)
      digits += 1
      scale -= hasPoint ? 1 : 0
    } else if byte == UInt8(ascii: "."), !hasPoint {
      hasPoint = true
    } else {
      break
    }
    index += 1
  }
  guard digits > 0 else { return libraryDecimal(text) }
  if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
    var rest = text[(index + 1)...]
    let isSmall = rest.first == UInt8(ascii: "-")
    if isSmall || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    guard 1...3 ~= rest.count, rest.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      return libraryDecimal(text)
    }
    let exponent = rest.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    scale += isSmall ? -exponent : exponent
    index = text.count
  }
  guard index == text.count, mantissa < 1 << 53, -22...22 ~= scale else {
    return libraryDecimal(text)
  }
  let magnitude =
    scale < 0 ? Double(mantissa) / powersOfTen[-scale] : Double(mantissa) * powersOfTen[scale]
  return isNegative ? -magnitude : magnitude
}

private let powersOfTen: [Double] = (0...22).map { Double("1e\($0)") ?? .nan }

/// Not a number and infinities are numbers here.
private func libraryDecimal(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
  guard !text.isEmpty, text.count < 512 else { return nil }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy in
    for (index, byte) in text.enumerated() { copy[index] = CChar(bitPattern: byte) }
    copy[text.count] = 0
    guard let start = copy.baseAddress else { return nil }
    var end: UnsafeMutablePointer<CChar>? = nil
    let value = strtod(start, &end)
    return end == start + text.count ? value : nil
  }
}
