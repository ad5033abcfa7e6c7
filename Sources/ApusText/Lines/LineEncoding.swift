import ApusFiles
import Synchronization

/// Encodes the texts of a file, one a line, on several threads.
///
/// Each line gives one line of output, in order, so that the two files stay side by side.
public struct LineEncoding: Sendable {
  /// What is written for a text.
  public enum Form: Sendable {
    /// A JSON array of ids.
    case ids
    /// A JSON object with the arrays `ids` and `offsets`, the latter being pairs of the first UTF-8
    /// byte of the text that a token came from and the one behind the last.
    case idsAndOffsets
    /// The tokens, with blanks between them.
    case tokens
  }

  /// What was seen on the way.
  public struct Report: Sendable, Equatable {
    public var lines = 0
    /// Ill-formed parts that became U+FFFD.
    public var replacements = 0
  }

  public var form = Form.ids
  public var addsSpecialTokens = true
  /// Whether ill-formed UTF-8 is an error.
  public var isStrict = false
  /// The key of the text in each line, which is a JSON object; nil for lines that are texts.
  public var key: String?
  public var threadCount = 1
  private let tokenizer: Tokenizer

  public init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

  /// Whether a path has the name of a file of JSON lines, gzip or not.
  public static func isJSONLines(_ path: String) -> Bool {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    return name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson")
  }

  /// Encodes a file.
  ///
  /// - Parameters:
  ///   - path: A path, or `-` for standard input. Gzip is recognised.
  ///   - write: Receives the lines of output in order, some at a time.
  /// - Returns: What was seen.
  /// - Throws: `FileError`; `InputError` naming the row of a line that is no JSON object with the
  ///   key, or is not UTF-8 where that is asked for. Everything before the row is written by then.
  public func run(
    _ path: String, write: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Report {
    let pass = try LinePass(path, threadCount: threadCount)
    let encoder = LineEncoder(options: self, tokenizer: tokenizer, file: pass.name)
    let replacements = Atomic(0)
    let lines = try pass.run(
      { line, row, output throws(InputError) in
        let count = try encoder.encode(line, row: row, into: &output)
        if count > 0 { replacements.add(count, ordering: .relaxed) }
      }, write: write)
    return Report(lines: lines, replacements: replacements.load(ordering: .relaxed))
  }
}

/// Encodes lines, on any thread.
private struct LineEncoder: Sendable {
  let options: LineEncoding
  let tokenizer: Tokenizer
  let file: String
  private let frame: SpecialTokenFrame

  init(options: LineEncoding, tokenizer: Tokenizer, file: String) {
    self.options = options
    self.tokenizer = tokenizer
    self.file = file
    frame = SpecialTokenFrame(
      tokenizer.postProcessor, addsSpecialTokens: options.addsSpecialTokens)
  }

  /// Appends what a line gives.
  ///
  /// - Returns: The number of ill-formed parts that were replaced.
  func encode(
    _ line: UnsafeBufferPointer<UInt8>, row: Int, into output: inout [UInt8]
  ) throws(InputError) -> Int {
    guard let key = options.key else { return try encode(text: line, row: row, into: &output) }
    var text: [UInt8] = []
    var loneSurrogates = 0
    var scanner = JSONScanner(line)
    do {
      guard try JSONLine.text(of: key, &scanner, into: &text) else {
        throw scanner.failure("an object with the key \"\(key)\"")
      }
      loneSurrogates = scanner.loneSurrogateCount
      if options.isStrict, loneSurrogates > 0 {
        throw scanner.failure("both halves of each surrogate pair")
      }
    } catch {
      throw InputError(error, in: line, file: file, row: row)
    }
    return try loneSurrogates
      + text.withUnsafeBufferPointer { text throws(InputError) in
        try encode(text: text, row: row, into: &output)
      }
  }

  private func encode(
    text: UnsafeBufferPointer<UInt8>, row: Int, into output: inout [UInt8]
  ) throws(InputError) -> Int {
    let valid = UTF8Repair.validPrefix(of: text)
    guard valid < text.count else {
      append(text, to: &output)
      return 0
    }
    guard !options.isStrict else {
      throw InputError(
        file: file, row: row, expected: "UTF-8",
        found: "the byte 0x\(String(text[valid], radix: 16)) at byte \(valid + 1) of the text")
    }
    var repaired: [UInt8] = []
    let count = UTF8Repair.append(text, to: &repaired)
    repaired.withUnsafeBufferPointer { append($0, to: &output) }
    return count
  }

  private func append(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    switch options.form {
    case .ids: Self.append(ids(of: text), to: &output)
    case .tokens:
      for (index, id) in ids(of: text).enumerated() {
        if index > 0 { output.append(UInt8(ascii: " ")) }
        output.append(contentsOf: (tokenizer.token(of: id) ?? "").utf8)
      }
    case .idsAndOffsets:
      let encoding = tokenizer.encode(
        String(decoding: text, as: UTF8.self), addsSpecialTokens: options.addsSpecialTokens)
      output.append(contentsOf: #"{"ids":"#.utf8)
      Self.append(encoding.ids, to: &output)
      output.append(contentsOf: #","offsets":["#.utf8)
      for (index, range) in encoding.offsets.enumerated() {
        output.append(contentsOf: (index > 0 ? ",[" : "[").utf8)
        Self.append(range.lowerBound, to: &output)
        output.append(UInt8(ascii: ","))
        Self.append(range.upperBound, to: &output)
        output.append(UInt8(ascii: "]"))
      }
      output.append(contentsOf: "]}".utf8)
    }
    output.append(UInt8(ascii: "\n"))
  }

  private func ids(of text: UnsafeBufferPointer<UInt8>) -> [Int32] {
    var ids: [Int32] = []
    tokenizer.encode(text, into: &ids)
    return frame.around(ids)
  }

  private static func append(_ ids: [Int32], to output: inout [UInt8]) {
    output.append(UInt8(ascii: "["))
    for (index, id) in ids.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      append(Int(id), to: &output)
    }
    output.append(UInt8(ascii: "]"))
  }

  /// Appends the decimal digits of a number that is not negative.
  private static func append(_ number: Int, to output: inout [UInt8]) {
    var divisor = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
      divisor /= 10
    }
  }
}

extension InputError {
  /// An error that was found in a line of JSON.
  init(
    _ error: any Error, in line: UnsafeBufferPointer<UInt8>, file: String, row: Int
  ) {
    guard let failure = error as? JSONScanner.Failure else {
      self.init(file: file, row: row, expected: "a line of JSON", found: "\(error)")
      return
    }
    let rest = line[min(failure.offset, line.count)...].prefix(20)
    self.init(
      file: file, row: row, expected: failure.expected,
      found: rest.isEmpty ? "the end of the line" : "\"\(String(decoding: rest, as: UTF8.self))\"")
  }
}
