import Glibc

/// Input that can't be used: where it stands, what was found there and what was expected.
///
/// Every reader of Apus reports bad input with this one type, so that the wording is the same
/// everywhere: `FILE:ROW: expected EXPECTED, got FOUND`.
public struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path of the file, or a name such as `standard input`; nil for values from the command line.
  public var file: String?
  /// The line, record or index inside the file, counted from 1.
  public var row: Int?
  /// What was found, shortened to something that fits on a line.
  public var found: String
  /// What would have been accepted.
  public var expected: String

  public init(file: String? = nil, row: Int? = nil, expected: String, found: String) {
    self.file = file
    self.row = row
    self.expected = expected
    self.found = found
  }

  /// An object of JSON without a key that it should have, with the keys that it has: the first ones,
  /// and the nearest if it is not among these.
  public init(missing key: String, of keys: [String], file: String, row: Int? = nil) {
    let shownCount = 20
    let nearest = nearestName(to: key, in: keys).flatMap {
      keys.prefix(shownCount).contains($0) ? nil : " (did you mean \($0)?)"
    }
    self.init(
      file: file, row: row, expected: "the key \"\(key)\"",
      found: keys.isEmpty
        ? "an object without keys" : shortList(keys, atMost: shownCount) + (nearest ?? ""))
  }

  public var description: String {
    let place = [file, row.map(String.init)].compactMap { $0 }.joined(separator: ":")
    let message = "expected \(expected), got \(found)"
    return place.isEmpty ? message : "\(place): \(message)"
  }
}

/// A system call that failed on a file: which call, on which file, and the system's reason.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  public var file: String
  public var operation: String
  public var code: Int32

  public init(file: String, operation: String, code: Int32) {
    self.file = file
    self.operation = operation
    self.code = code
  }

  public var description: String { "\(file): can't \(operation): \(reason)" }

  private var reason: String { String(cString: strerror(code)) }
}
