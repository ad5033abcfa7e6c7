extension Array<UInt8> {
  /// The bytes with each occurrence of others replaced, from the left, none overlapping.
  func replacingOccurrences(of old: [UInt8], with new: [UInt8]) -> [UInt8] {
    guard let first = old.first else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    var index = 0
    while index < count {
      if self[index] == first, index + old.count <= count,
        self[index..<index + old.count].elementsEqual(old)
      {
        result.append(contentsOf: new)
        index += old.count
      } else {
        result.append(self[index])
        index += 1
      }
    }
    return result
  }
}
