import ApusFiles

/// The bytes of a binary model, in a file or in memory, and where its parts are.
///
/// Little-endian, each part at a multiple of 8 bytes: a header of 256 bytes (mark, version, length of
/// the longest n-grams, bytes of the vocabulary, counts of the n-grams of each length; at its end the
/// CRC-32 of what follows it and the CRC-32C of what is before), then the last word of each n-gram,
/// base-10 logarithms of probabilities, for all but the longest n-grams those of back-off weights, the
/// first n-gram that continues each, the longest end of each that is an n-gram too, where the text of
/// each word begins, and the texts.
///
/// N-grams are numbered from 1, the shorter ones first, those of a length in the order of their words;
/// 0 is the n-gram of no words. So the ones that continue an n-gram by a word stand side by side.
final class NGramImage: @unchecked Sendable {
  static let mark = Array("APUSNGRM".utf8)
  static let version: UInt32 = 1
  static let headerSize = 256
  static let longestOrder = 16

  private let file: MappedFile?
  private let memory: UnsafeMutableRawBufferPointer?
  let bytes: UnsafeRawBufferPointer
  let counts: [Int]
  let words: UnsafePointer<Int32>
  let logProbabilities, backoffs: UnsafePointer<Float>
  let children, suffixes: UnsafePointer<Int32>
  let textOffsets: UnsafePointer<UInt32>
  let texts: UnsafePointer<UInt8>

  var order: Int { counts.count }
  var wordCount: Int { counts[0] }

  /// Where the parts are, for counts of n-grams and a size of the vocabulary.
  struct Layout {
    let nodeCount, innerCount, wordCount: Int
    private(set) var starts: [Int] = []
    private(set) var size = NGramImage.headerSize

    init(counts: [Int], textSize: Int) {
      nodeCount = counts.reduce(1, +)
      innerCount = nodeCount - (counts.last ?? 0)
      wordCount = counts.first ?? 0
      for bytes in [
        4 * nodeCount, 4 * nodeCount, 4 * innerCount, 4 * (innerCount + 1), 4 * nodeCount,
        4 * (wordCount + 1), textSize,
      ] {
        starts.append(size)
        size += (bytes + 7) / 8 * 8
      }
    }
  }

  /// Takes over memory with a header.
  init(_ memory: UnsafeMutableRawBufferPointer, counts: [Int], textSize: Int) {
    file = nil
    self.memory = memory
    bytes = UnsafeRawBufferPointer(memory)
    self.counts = counts
    let layout = Layout(counts: counts, textSize: textSize)
    (words, logProbabilities, backoffs, children, suffixes, textOffsets, texts) =
      Self.parts(bytes, layout)
  }

  /// Keeps a file mapped.
  ///
  /// - Throws: `InputError` for a file that is none, damaged, or cut.
  convenience init(mapping file: MappedFile) throws {
    try self.init(file.bytes, name: file.path, file, memory: nil)
  }

  /// The model of bytes that were read from a file with a name, and are copied.
  ///
  /// - Throws: `InputError` as for files.
  static func copying(_ bytes: [UInt8], name: String) throws -> NGramImage {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    memory.copyBytes(from: bytes)
    do {
      return try NGramImage(UnsafeRawBufferPointer(memory), name: name, nil, memory: memory)
    } catch {
      memory.deallocate()
      throw error
    }
  }

  /// Takes over bytes that a file or memory holds, if nothing is wrong with them.
  private init(
    _ bytes: UnsafeRawBufferPointer, name: String, _ file: MappedFile?,
    memory: UnsafeMutableRawBufferPointer?
  ) throws {
    func failure(_ expected: String, _ found: String) -> InputError {
      InputError(file: name, expected: expected, found: found)
    }
    guard bytes.count >= Self.headerSize, bytes.prefix(8).elementsEqual(Self.mark) else {
      throw failure("a binary n-gram model", "\(bytes.count) bytes without its mark")
    }
    let version = bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
    guard version == Self.version else { throw failure("version \(Self.version)", "\(version)") }
    let sum = bytes.loadUnaligned(fromByteOffset: Self.headerSize - 4, as: UInt32.self)
    guard sum == CRC32C.checksum(bytes.prefix(Self.headerSize - 4)) else {
      throw failure("a header with its checksum", "damage")
    }
    let order = Int(bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    let textSize = Int(bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
    guard 1...Self.longestOrder ~= order else {
      throw failure("1 to \(Self.longestOrder) words in an n-gram", "\(order)")
    }
    let counts = (0..<order).map {
      Int(bytes.loadUnaligned(fromByteOffset: 24 + 8 * $0, as: UInt64.self))
    }
    let layout = Layout(counts: counts, textSize: textSize)
    guard bytes.count == layout.size else {
      throw failure("\(layout.size) bytes", "\(bytes.count)")
    }
    guard
      Self.bodyChecksum(bytes)
        == bytes.loadUnaligned(
          fromByteOffset: Self.headerSize - 8, as: UInt32.self)
    else { throw failure("n-grams with their checksum", "damage") }
    self.counts = counts
    self.file = file
    self.memory = memory
    self.bytes = bytes
    (words, logProbabilities, backoffs, children, suffixes, textOffsets, texts) =
      Self.parts(bytes, layout)
  }

  deinit { memory?.deallocate() }

  private static func bodyChecksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var sum = Checksum()
    sum.update(UnsafeRawBufferPointer(rebasing: bytes[headerSize...]))
    return sum.value
  }

  private static func parts(_ bytes: UnsafeRawBufferPointer, _ layout: Layout) -> (
    UnsafePointer<Int32>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Int32>,
    UnsafePointer<Int32>, UnsafePointer<UInt32>, UnsafePointer<UInt8>
  ) {
    guard let base = bytes.baseAddress else { preconditionFailure("NGramImage: no bytes") }
    func part<Scalar>(_ index: Int, as: Scalar.Type) -> UnsafePointer<Scalar> {
      (base + layout.starts[index]).assumingMemoryBound(to: Scalar.self)
    }
    return (
      part(0, as: Int32.self), part(1, as: Float.self), part(2, as: Float.self),
      part(3, as: Int32.self), part(4, as: Int32.self), part(5, as: UInt32.self),
      part(6, as: UInt8.self)
    )
  }

  /// Puts an arranged table into memory.
  convenience init(_ table: NGramTable) {
    let counts = table.levels.map(\.count)
    let textSize = table.vocabulary.reduce(0) { $0 + $1.count }
    let layout = Layout(counts: counts, textSize: textSize)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: layout.size, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    memory.copyBytes(from: Self.mark)
    memory.storeBytes(of: Self.version, toByteOffset: 8, as: UInt32.self)
    memory.storeBytes(of: UInt32(counts.count), toByteOffset: 12, as: UInt32.self)
    memory.storeBytes(of: UInt64(textSize), toByteOffset: 16, as: UInt64.self)
    for (index, count) in counts.enumerated() {
      memory.storeBytes(of: UInt64(count), toByteOffset: 24 + 8 * index, as: UInt64.self)
    }
    self.init(memory, counts: counts, textSize: textSize)
    fill(table)
    memory.storeBytes(
      of: Self.bodyChecksum(bytes), toByteOffset: Self.headerSize - 8, as: UInt32.self)
    memory.storeBytes(
      of: CRC32C.checksum(bytes.prefix(Self.headerSize - 4)), toByteOffset: Self.headerSize - 4,
      as: UInt32.self)
  }

  private func fill(_ table: NGramTable) {
    let words = UnsafeMutablePointer(mutating: words)
    let logProbabilities = UnsafeMutablePointer(mutating: logProbabilities)
    let backoffs = UnsafeMutablePointer(mutating: backoffs)
    let children = UnsafeMutablePointer(mutating: children)
    let suffixes = UnsafeMutablePointer(mutating: suffixes)
    (words[0], logProbabilities[0], backoffs[0], suffixes[0]) = (-1, 0, 0, 0)
    // The first n-gram of those that are one word shorter, and of those at hand.
    var (shorter, first) = (0, 1)
    for (index, level) in table.levels.enumerated() {
      var parent = shorter
      children[parent] = Int32(first)
      for entry in 0..<level.count {
        let own = level.words(entry)
        // Unigrams all continue the n-gram of no words.
        while index > 0,
          !table.levels[index - 1].words(parent - shorter).elementsEqual(own.dropLast())
        {
          parent += 1
          children[parent] = Int32(first + entry)
        }
        let node = first + entry
        let word = own[own.endIndex - 1]
        words[node] = word
        if level.length < order { backoffs[node] = level.backoffs[entry] }
        suffixes[node] = index == 0 ? 0 : longestEnd(of: Int32(parent), continuedBy: word)
        logProbabilities[node] =
          level.logProbabilities[entry].isNaN
          ? backoffs[parent] + score(word, after: suffixes[parent]).logProbability
          : level.logProbabilities[entry]
      }
      let end = first + level.count
      for node in parent + 1..<max(parent + 1, first) { children[node] = Int32(end) }
      (shorter, first) = (first, end)
    }
    children[shorter] = Int32(first)
    let offsets = UnsafeMutablePointer(mutating: textOffsets)
    let texts = UnsafeMutablePointer(mutating: texts)
    for (word, text) in table.vocabulary.enumerated() {
      let start = Int(offsets[word])
      for (place, byte) in text.enumerated() { texts[start + place] = byte }
      offsets[word + 1] = UInt32(start + text.count)
    }
  }

  /// The n-gram that continues another by a word.
  private func child(_ node: Int32, _ word: Int32) -> Int32? {
    var (low, high) = (children[Int(node)], children[Int(node) + 1])
    if node == 0 { return low + word }
    while low < high {
      let middle = low + (high - low) / 2
      if words[Int(middle)] < word { low = middle + 1 } else { high = middle }
    }
    return low < children[Int(node) + 1] && words[Int(low)] == word ? low : nil
  }

  /// The longest n-gram that ends what an n-gram is with a word behind it, and is shorter than that.
  private func longestEnd(of node: Int32, continuedBy word: Int32) -> Int32 {
    var context = suffixes[Int(node)]
    while true {
      if let found = child(context, word) { return found }
      context = suffixes[Int(context)]
    }
  }

  /// The probability of a word after the words of an n-gram that is not of the longest, as a base-10
  /// logarithm, and the n-gram that it was found at.
  func score(_ word: Int32, after context: Int32) -> (logProbability: Float, node: Int32) {
    var context = context
    var backoff: Float = 0
    while true {
      if let found = child(context, word) {
        return (backoff + logProbabilities[Int(found)], found)
      }
      backoff += backoffs[Int(context)]
      context = suffixes[Int(context)]
    }
  }

  /// The first n-gram of the longest ones, which have no continuations.
  var firstLeaf: Int32 { Int32(counts.dropLast().reduce(1, +)) }

  /// The text of a word.
  func text(of word: Int) -> UnsafeBufferPointer<UInt8> {
    let (start, end) = (Int(textOffsets[word]), Int(textOffsets[word + 1]))
    return UnsafeBufferPointer(start: texts + start, count: end - start)
  }
}
