import ApusFiles

/// The text that tokenizers are timed on.
enum BenchText {
  static let byteCount = 8_000_000

  /// The lines of 8 MB of text: of a file, repeated or cut, or of made-up sentences.
  ///
  /// The sentences are those of the Python programs that Apus is compared with: 24 words each, of
  /// 20,000 that come by Zipf's law.
  static func lines(_ file: String?) throws -> [String] {
    let text = try file.map(contents) ?? sentences()
    guard !text.isEmpty else {
      throw InputError(file: file, expected: "text", found: "an empty file")
    }
    var bytes = text
    bytes.reserveCapacity(byteCount + text.count)
    while bytes.count < byteCount { bytes.append(contentsOf: text) }
    bytes.removeSubrange(byteCount...)
    return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  private static func contents(_ path: String) throws -> [UInt8] {
    let reader = try ByteReader(path)
    var text: [UInt8] = []
    try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { chunk in
      while text.count < byteCount {
        let count = try reader.read(into: chunk)
        if count == 0 { return }
        text.append(contentsOf: chunk[..<count])
      }
    }
    return text
  }

  static func sentences() -> [UInt8] {
    var random = MersenneTwister(seed: 0)
    let letters = Array("etaoinshrdlucmfwypvbgkjqxz".utf8)
    let words = (0..<20_000).map { _ in
      let length = min(12, 1 + Int(random.exponential(0.22)))
      return (0..<length).map { _ in letters[random.index(below: letters.count)] }
    }
    var sums: [Double] = []
    var sum = 0.0
    for rank in words.indices {
      sum += 1 / Double(rank + 2)
      sums.append(sum)
    }
    var text: [UInt8] = []
    for line in 0..<4000 {
      if line > 0 { text.append(UInt8(ascii: "\n")) }
      let start = text.count
      for position in 0..<24 {
        if position > 0 { text.append(UInt8(ascii: " ")) }
        text.append(contentsOf: words[rank(of: random.uniform() * sum, in: sums)])
      }
      text[start] &= ~0x20
      text.append(UInt8(ascii: "."))
    }
    return text
  }

  /// The first rank whose sum is above a value.
  private static func rank(of value: Double, in sums: [Double]) -> Int {
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if value < sums[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
