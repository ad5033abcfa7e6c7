/// A record of comma- or tab-separated values, read line by line.
///
/// - Source: RFC 4180. Beyond it, a quote inside a column that did not begin with one is text, and
///   lines may end with a line feed alone.
struct SeparatedRecord {
  /// Text behind a quote that ended a column.
  struct Problem: Error {
    /// From 1.
    let column: Int
    let text: String
  }

  private enum State {
    case start, plain, quoted
    /// Behind a quote in a quoted column, which ends it or is the first half of a quote.
    case quote
  }

  let separator: UInt8
  /// Whether quotes mean anything.
  let hasQuotes: Bool
  private(set) var fields: [String] = []
  private var field: [UInt8] = []
  private var state = State.start

  init(separator: UInt8, hasQuotes: Bool) {
    self.separator = separator
    self.hasQuotes = hasQuotes
  }

  /// Whether the last line ended inside quotes, so that the next belongs to the record.
  var isOpen: Bool { state == .quoted }

  /// The bytes of the column that is not closed.
  var openBytes: [UInt8] { field }

  /// Reads a line.
  ///
  /// - Parameters:
  ///   - line: The line without its end.
  ///   - end: The end, which belongs to a quoted column that goes on.
  /// - Throws: `Problem` for text behind a closing quote.
  mutating func read(_ line: String, end: String) throws(Problem) {
    let quote = UInt8(ascii: "\"")
    for byte in line.utf8 {
      switch (state, byte) {
      case (.quoted, quote): state = .quote
      case (.quoted, _): field.append(byte)
      case (.quote, quote):
        field.append(quote)
        state = .quoted
      case (_, separator): close()
      case (.quote, _):
        throw Problem(column: fields.count + 1, text: String(decoding: field, as: UTF8.self))
      case (.start, quote) where hasQuotes: state = .quoted
      default:
        field.append(byte)
        state = .plain
      }
    }
    if state == .quoted {
      field.append(contentsOf: end.utf8)
    } else {
      close()
    }
  }

  private mutating func close() {
    fields.append(String(decoding: field, as: UTF8.self))
    field.removeAll(keepingCapacity: true)
    state = .start
  }
}
