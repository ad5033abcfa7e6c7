/// The start of the white space that ends at an index; the index itself if there is none.
func whitespaceStart(
  before index: Int, downTo lowest: Int, in text: UnsafeBufferPointer<UInt8>
) -> Int {
  var index = index
  while index > lowest {
    let start = scalarStart(before: index, in: text)
    guard start >= lowest,
      ScalarClasses.shared[scalar(at: start, in: text).value].contains(.whitespace)
    else { break }
    index = start
  }
  return index
}

/// The end of the white space that begins at an index; the index itself if there is none.
func whitespaceEnd(from index: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
  var index = index
  while index < text.count {
    let (value, end) = scalar(at: index, in: text)
    guard ScalarClasses.shared[value].contains(.whitespace) else { break }
    index = end
  }
  return index
}
