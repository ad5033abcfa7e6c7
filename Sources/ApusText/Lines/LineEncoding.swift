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
    /// A JSON object with the arrays `ids`, `segments` and `offsets`.
    ///
    /// Segments are 0, and 1 in the second text of a pair; offsets are pairs of the first UTF-8
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
  /// The key of a second text, with which the first one is encoded as a pair.
  public var pairKey: String?
  /// What texts are cut to; nil leaves them whole, whatever the tokenizer's own limit.
  public var limit: Truncation?
  /// Whether a text gives a JSON array of what is left of it and of the windows that overflow.
  public var writesWindows = false
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
  ///   keys, or is not UTF-8 where that is asked for, or can't be cut to the limit. Everything
  ///   before the row is written by then.
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
    self.file = file
    // The limit is the options' affair.
    var tokenizer = tokenizer
    tokenizer.truncation = nil
    self.tokenizer = tokenizer
    frame = SpecialTokenFrame(
      tokenizer.postProcessor, addsSpecialTokens: options.addsSpecialTokens)
  }

  /// Appends what a line gives.
  ///
  /// - Returns: The number of ill-formed parts that were replaced.
  func encode(
    _ line: UnsafeBufferPointer<UInt8>, row: Int, into output: inout [UInt8]
  ) throws(InputError) -> Int {
    let text: Text
    var pairText: Text?
    if let key = options.key {
      text = try value(of: key, in: line, row: row)
      if let pairKey = options.pairKey { pairText = try value(of: pairKey, in: line, row: row) }
    } else {
      text = try repaired(line, row: row)
    }
    do {
      try append(text.bytes, pairText?.bytes, to: &output)
    } catch {
      let (expected, found) = error.wording
      throw InputError(file: file, row: row, expected: expected, found: found)
    }
    return text.replacements + (pairText?.replacements ?? 0)
  }

  /// A text as UTF-8, and the number of ill-formed parts that were replaced in it.
  private struct Text {
    var bytes: [UInt8] = []
    var replacements = 0
  }

  /// The text under a key of a line.
  private func value(
    of key: String, in line: UnsafeBufferPointer<UInt8>, row: Int
  ) throws(InputError) -> Text {
    var bytes: [UInt8] = []
    let loneSurrogateCount = try JSONLine.text(
      of: key, in: line, file: file, row: row, isStrict: options.isStrict, into: &bytes)
    var text = try bytes.withUnsafeBufferPointer { bytes throws(InputError) in
      try repaired(bytes, row: row)
    }
    text.replacements += loneSurrogateCount
    return text
  }

  private func repaired(
    _ bytes: UnsafeBufferPointer<UInt8>, row: Int
  ) throws(InputError) -> Text {
    let valid = UTF8Repair.validPrefix(of: bytes)
    guard valid < bytes.count else { return Text(bytes: Array(bytes)) }
    guard !options.isStrict else {
      throw InputError(
        file: file, row: row, expected: "UTF-8",
        found: "the byte 0x\(String(bytes[valid], radix: 16)) at byte \(valid + 1) of the text")
    }
    var text = Text()
    text.replacements = UTF8Repair.append(bytes, to: &text.bytes)
    return text
  }

  private func append(
    _ text: [UInt8], _ pairText: [UInt8]?, to output: inout [UInt8]
  ) throws(TruncationError) {
    if options.form != .idsAndOffsets, pairText == nil, !options.writesWindows {
      var ids: [Int32] = []
      text.withUnsafeBufferPointer { tokenizer.encode($0, into: &ids) }
      append(Encoding(ids: try frame.around(ids, limit: options.limit)), to: &output)
    } else {
      let windows = try tokenizer.windows(
        of: String(decoding: text, as: UTF8.self),
        pairText.map { String(decoding: $0, as: UTF8.self) }, limit: options.limit,
        addsSpecialTokens: options.addsSpecialTokens)
      if options.writesWindows {
        Self.append(windows, to: &output) { append($0, to: &$1) }
      } else {
        append(windows[0], to: &output)
      }
    }
    output.append(UInt8(ascii: "\n"))
  }

  private func append(_ encoding: Encoding, to output: inout [UInt8]) {
    switch options.form {
    case .ids: Self.append(encoding.ids, to: &output)
    case .tokens:
      let tokens = encoding.ids.map { tokenizer.token(of: $0) ?? "" }
      output.append(contentsOf: tokens.joined(separator: " ").utf8)
    case .idsAndOffsets:
      output.append(contentsOf: #"{"ids":"#.utf8)
      Self.append(encoding.ids, to: &output)
      output.append(contentsOf: #","segments":"#.utf8)
      Self.append(encoding.typeIDs, to: &output)
      output.append(contentsOf: #","offsets":"#.utf8)
      Self.append(encoding.offsets, to: &output) {
        Self.append([Int32($0.lowerBound), Int32($0.upperBound)], to: &$1)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  private static func append(_ ids: [Int32], to output: inout [UInt8]) {
    append(ids, to: &output) { append(Int($0), to: &$1) }
  }

  /// Appends a JSON array of elements that `append` writes.
  private static func append<Element>(
    _ elements: [Element], to output: inout [UInt8], _ append: (Element, inout [UInt8]) -> Void
  ) {
    output.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      append(element, &output)
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
