import ApusFiles

/// Reads the documents of one file.
final class DocumentReader {
  private let corpus: Corpus
  private let source: ByteReader
  private let kind: Corpus.Documents
  private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
  /// The part of a document or line read so far.
  private var text: [UInt8] = []
  private var repaired: [UInt8] = []
  /// The row that is being read, and that where `text` began.
  private var row = 1
  private var startRow = 1
  private var isCut = false

  init(_ path: String, corpus: Corpus) throws {
    self.corpus = corpus
    source = try ByteReader(path)
    kind = corpus.documents == .automatic ? Self.kind(of: path) : corpus.documents
  }

  deinit { chunk.deallocate() }

  private static func kind(of path: String) -> Corpus.Documents {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    return name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") ? .jsonLines : .files
  }

  typealias Body = (UnsafeBufferPointer<UInt8>, Corpus.Place) throws -> Void

  func run(_ report: inout Corpus.Report, _ body: Body) throws {
    var isFirst = true
    while true {
      let count = try source.read(into: chunk)
      guard count > 0 else { break }
      var bytes = UnsafeBufferPointer(
        start: chunk.assumingMemoryBound(to: UInt8.self).baseAddress, count: count)
      if isFirst, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
        // A byte order mark is no text.
        bytes = UnsafeBufferPointer(rebasing: bytes.dropFirst(3))
      }
      isFirst = false
      switch kind {
      case .files, .automatic: try append(bytes, &report, body)
      case .lines: try lines(bytes, &report, body) { try self.finish(&$0, body) }
      case .blankLines: try lines(bytes, &report, body) { try self.finishBlankLine(&$0, body) }
      case .jsonLines: try jsonLines(bytes, &report, body)
      }
    }
    if kind == .jsonLines {
      try finishJSONLine(&report, body)
    } else {
      try finish(&report, body)
    }
  }

  /// Splits bytes at newlines; `endLine` is called behind each, which stays in `text`.
  private func lines(
    _ bytes: UnsafeBufferPointer<UInt8>, _ report: inout Corpus.Report, _ body: Body,
    endLine: (inout Corpus.Report) throws -> Void
  ) throws {
    var rest = bytes
    while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
      try append(UnsafeBufferPointer(rebasing: rest[...newline]), &report, body)
      try endLine(&report)
      rest = UnsafeBufferPointer(rebasing: rest[(newline + 1)...])
    }
    try append(rest, &report, body)
  }

  /// Ends the document if the line that was just completed is blank.
  private func finishBlankLine(_ report: inout Corpus.Report, _ body: Body) throws {
    var index = text.count - 2
    while index >= 0, text[index] != UInt8(ascii: "\n") {
      guard Self.isBlank(text[index]) else { return }
      index -= 1
    }
    try finish(&report, body)
  }

  private func append(
    _ bytes: UnsafeBufferPointer<UInt8>, _ report: inout Corpus.Report, _ body: Body
  ) throws {
    var rest = bytes
    while text.count + rest.count > corpus.longestDocument {
      let room = corpus.longestDocument - text.count
      text.append(contentsOf: rest[..<room])
      rest = UnsafeBufferPointer(rebasing: rest[room...])
      try cut(&report, body)
    }
    text.append(contentsOf: rest)
  }

  /// Hands out a full buffer but for the beginning of a scalar at its end.
  private func cut(_ report: inout Corpus.Report, _ body: Body) throws {
    var end = text.count
    while end > text.count - 4, text[end - 1] & 0xC0 == 0x80 { end -= 1 }
    // A lead byte and what follows it go to the next part, unless they are whole here.
    if text[end - 1] >= 0xC0 {
      let length = text[end - 1] >= 0xF0 ? 4 : text[end - 1] >= 0xE0 ? 3 : 2
      end = text.count - (end - 1) < length ? end - 1 : text.count
    } else {
      end = text.count
    }
    if end == 0 { end = text.count }
    let tail = Array(text[end...])
    text.removeSubrange(end...)
    if !isCut { report.cutDocuments += 1 }
    isCut = true
    try emit(&report, body)
    text.append(contentsOf: tail)
  }

  private func finish(_ report: inout Corpus.Report, _ body: Body) throws {
    if kind == .lines || kind == .blankLines {
      while let last = text.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
        row += last == UInt8(ascii: "\n") ? 1 : 0
        text.removeLast()
      }
    }
    let isLeftover = text.isEmpty && (isCut || kind != .files)
    if !isLeftover { try emit(&report, body) }
    text.removeAll(keepingCapacity: true)
    startRow = row
    isCut = false
  }

  /// Repairs `text`, hands it out and empties it.
  private func emit(_ report: inout Corpus.Report, _ body: Body) throws {
    defer { text.removeAll(keepingCapacity: true) }
    let place = Corpus.Place(file: source.name, row: startRow)
    let newlines = text.count { $0 == UInt8(ascii: "\n") }
    try text.withUnsafeBufferPointer { bytes in
      try deliver(bytes, at: place, &report, body)
    }
    row += newlines
    startRow = row
  }

  private func deliver(
    _ bytes: UnsafeBufferPointer<UInt8>, at place: Corpus.Place, _ report: inout Corpus.Report,
    _ body: Body
  ) throws {
    let valid = UTF8Repair.validPrefix(of: bytes)
    guard valid < bytes.count else { return try count(bytes, at: place, &report, body) }
    if corpus.isStrict {
      let line = bytes[..<valid].count { $0 == UInt8(ascii: "\n") }
      let column = valid - (bytes[..<valid].lastIndex(of: UInt8(ascii: "\n")) ?? -1)
      throw InputError(
        file: place.file, row: place.row + (kind == .jsonLines ? 0 : line), expected: "UTF-8",
        found: "the byte 0x\(String(bytes[valid], radix: 16)) at byte \(column) of the text")
    }
    repaired.removeAll(keepingCapacity: true)
    report.replacements += UTF8Repair.append(bytes, to: &repaired)
    try repaired.withUnsafeBufferPointer { try count($0, at: place, &report, body) }
  }

  private func count(
    _ bytes: UnsafeBufferPointer<UInt8>, at place: Corpus.Place, _ report: inout Corpus.Report,
    _ body: Body
  ) throws {
    guard !bytes.allSatisfy(Self.isBlank) else {
      report.emptyDocuments += 1
      return
    }
    report.documents += 1
    report.bytes += bytes.count
    report.longest = max(report.longest, bytes.count)
    report.nulBytes += bytes.count { $0 == 0 }
    try body(bytes, place)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }

  // MARK: JSON lines

  private func jsonLines(
    _ bytes: UnsafeBufferPointer<UInt8>, _ report: inout Corpus.Report, _ body: Body
  ) throws {
    // Escapes take up to six bytes for one; the rest of the object needs room too.
    let longestLine = corpus.longestDocument * 8 + 1 << 16
    var rest = bytes
    while !rest.isEmpty {
      let newline = rest.firstIndex(of: UInt8(ascii: "\n"))
      let end = newline ?? rest.count
      guard text.count + end <= longestLine else {
        throw InputError(
          file: source.name, row: row, expected: "lines of at most \(longestLine) bytes",
          found: "a longer one")
      }
      text.append(contentsOf: rest[..<end])
      guard let newline else { return }
      try finishJSONLine(&report, body)
      row += 1
      rest = UnsafeBufferPointer(rebasing: rest[(newline + 1)...])
    }
  }

  private func finishJSONLine(_ report: inout Corpus.Report, _ body: Body) throws {
    defer { text.removeAll(keepingCapacity: true) }
    guard !text.allSatisfy(Self.isBlank) else { return }
    var value: [UInt8] = []
    let loneSurrogateCount = try text.withUnsafeBufferPointer { line in
      try JSONLine.text(
        of: corpus.key, in: line, file: source.name, row: row, isStrict: corpus.isStrict,
        into: &value)
    }
    report.replacements += loneSurrogateCount
    let place = Corpus.Place(file: source.name, row: row)
    try value.withUnsafeBufferPointer { value in
      if value.count > corpus.longestDocument { report.cutDocuments += 1 }
      var rest = value
      while rest.count > corpus.longestDocument {
        var end = corpus.longestDocument
        while end > corpus.longestDocument - 3, rest[end] & 0xC0 == 0x80 { end -= 1 }
        try deliver(UnsafeBufferPointer(rebasing: rest[..<end]), at: place, &report, body)
        rest = UnsafeBufferPointer(rebasing: rest[end...])
      }
      try deliver(rest, at: place, &report, body)
    }
  }
}
