import ApusFiles

extension NGramModel {
  /// Reads a model in binary or ARPA form, gzip or not, from a file, or standard input for `-`.
  ///
  /// A binary file is mapped into memory; what is no file is read from front to back, once.
  ///
  /// - Throws: `FileError`; `InputError` naming the row of what is wrong, or that the beginning or the
  ///   end of a sentence is no word of the model.
  public init(contentsOf path: String) throws {
    if let file = try Self.binaryFile(path) {
      image = try NGramImage(mapping: file)
    } else {
      let reader = try ByteReader(path)
      let bytes = try reader.rest()
      if bytes.starts(with: NGramImage.mark) {
        image = try NGramImage.copying(bytes, name: reader.name)
      } else {
        var arpa = ARPAReader(bytes, name: reader.name)
        image = NGramImage(try arpa.read())
      }
    }
    for word in [NGramWord.start, NGramWord.end] where id(of: word) == Self.unknown {
      throw InputError(
        file: path == "-" ? "standard input" : path,
        expected: "\(String(decoding: word, as: UTF8.self)) among the 1-grams", found: "none")
    }
  }

  /// A binary model that can be mapped; nil for other files, and for what is no file.
  private static func binaryFile(_ path: String) throws -> MappedFile? {
    guard path != "-", FileStatus.isFile(path) else { return nil }
    let file = try MappedFile(path)
    return file.bytes.starts(with: NGramImage.mark) ? file : nil
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
  /// All that was not read yet.
  fileprivate func rest() throws -> [UInt8] {
    var bytes: [UInt8] = []
    try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { chunk in
      while true {
        let count = try read(into: chunk)
        guard count > 0 else { return }
        bytes.append(contentsOf: chunk[..<count])
      }
    }
    return bytes
  }
}
