import ApusFiles
import Glibc

extension NGramModel {
  /// Reads a model in binary or ARPA form, the latter gzip or not.
  ///
  /// - Throws: `FileError`; `InputError` naming the row of what is wrong.
  public init(contentsOf path: String) throws {
    let isBinary = try ByteReader(path).starts(with: NGramImage.mark)
    if isBinary {
      image = try NGramImage(mapping: MappedFile(path))
    } else {
      var reader = try ARPAReader(path)
      image = NGramImage(try reader.read())
    }
  }

  /// Writes the model in binary form, which is mapped into memory where it is read.
  public func writeBinary(to path: String) throws {
    var file = try AtomicFile(path)
    try file.write(image.bytes)
    try file.commit()
  }

  /// Writes the model in ARPA form.
  public func writeARPA(to path: String) throws {
    var file = try AtomicFile(path)
    try file.write(
      "\\data\\\n"
        + counts.enumerated().map { "ngram \($0 + 1)=\($1)\n" }.joined())
    var buffer: [UInt8] = []
    for length in 1...order {
      buffer += "\n\\\(length)-grams:\n".utf8
      try forEachNGram(length) { words, node in
        buffer += Self.digits(image.logProbabilities[node])
        for (index, word) in words.enumerated() {
          buffer.append(UInt8(ascii: index == 0 ? "\t" : " "))
          buffer += image.text(of: Int(word))
        }
        if length < order {
          buffer.append(UInt8(ascii: "\t"))
          buffer += Self.digits(image.backoffs[node])
        }
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > 1 << 20 {
          try file.write(buffer)
          buffer.removeAll(keepingCapacity: true)
        }
      }
    }
    buffer += "\n\\end\\\n".utf8
    try file.write(buffer)
    try file.commit()
  }

  /// As many digits as tell a number from its neighbours.
  private static func digits(_ x: Float) -> String.UTF8View {
    // -0 stands for nothing else than 0.
    (x == 0 ? "0" : "\(x)").utf8
  }

  /// Goes through the n-grams of a length in order.
  private func forEachNGram(
    _ length: Int, _ body: (_ words: [Int32], _ node: Int) throws -> Void
  ) throws {
    var words: [Int32] = []
    func visit(_ node: Int) throws {
      if words.count == length { return try body(words, node) }
      for child in image.children[node]..<image.children[node + 1] {
        words.append(image.words[Int(child)])
        try visit(Int(child))
        words.removeLast()
      }
    }
    try visit(0)
  }
}

extension ByteReader {
  /// Whether the first bytes are these; they are read.
  fileprivate func starts(with mark: [UInt8]) throws -> Bool {
    var first = [UInt8](repeating: 0, count: mark.count)
    var count = 0
    while count < first.count {
      let read = try first.withUnsafeMutableBytes {
        try self.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
      }
      guard read > 0 else { break }
      count += read
    }
    return first == mark
  }
}
