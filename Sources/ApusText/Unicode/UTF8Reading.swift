/// The scalar at an index, and the index behind it.
///
/// Bytes that are no UTF-8 come out as U+FFFD, one byte at a time.
@inline(__always)
func scalar(
  at index: Int, in text: UnsafeBufferPointer<UInt8>
) -> (value: UInt32, end: Int) {
  let first = text[index]
  if first < 0x80 { return (UInt32(first), index + 1) }
  return multibyteScalar(at: index, in: text)
}

/// The scalar at an index that starts with a byte above 0x7F.
///
/// - Source: the table of well-formed byte sequences of The Unicode Standard, §3.9.
@inline(never)
func multibyteScalar(
  at index: Int, in text: UnsafeBufferPointer<UInt8>
) -> (value: UInt32, end: Int) {
  let first = text[index]
  let left = text.count - index
  @inline(__always) func tail(_ offset: Int) -> UInt32 { UInt32(text[index + offset]) }
  @inline(__always) func isTail(_ offset: Int) -> Bool { text[index + offset] & 0xC0 == 0x80 }
  switch first {
  case 0xC2...0xDF where left >= 2 && isTail(1):
    return (UInt32(first & 0x1F) << 6 | tail(1) & 0x3F, index + 2)
  case 0xE0...0xEF where left >= 3 && isTail(1) && isTail(2):
    let value = UInt32(first & 0x0F) << 12 | (tail(1) & 0x3F) << 6 | tail(2) & 0x3F
    if value >= 0x800 && !(0xD800..<0xE000 ~= value) { return (value, index + 3) }
  case 0xF0...0xF4 where left >= 4 && isTail(1) && isTail(2) && isTail(3):
    let value =
      UInt32(first & 0x07) << 18 | (tail(1) & 0x3F) << 12 | (tail(2) & 0x3F) << 6
      | tail(3) & 0x3F
    if 0x10000..<0x110000 ~= value { return (value, index + 4) }
  default: break
  }
  return (0xFFFD, index + 1)
}

/// The start of the scalar that ends at an index.
func scalarStart(before end: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
  var start = end - 1
  let lowest = max(0, end - 4)
  while start > lowest, text[start] & 0xC0 == 0x80 { start -= 1 }
  return scalar(at: start, in: text).end == end ? start : end - 1
}

/// The end of the run of ASCII that begins at an index.
@inline(__always)
func asciiEnd(from start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
  let raw = UnsafeRawBufferPointer(text)
  var index = start
  while index + 8 <= raw.count,
    raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
  {
    index += 8
  }
  while index < text.count, text[index] < 0x80 { index += 1 }
  return index
}
