import ApusFiles
import Glibc

/// The measured values of a run's steps, one JSON object a line: `metrics.jsonl`.
///
/// Each line begins with its step; a value that is not finite is written as null. Lines reach the
/// file as they are made, so that a killed run loses at most the line it was writing.
public final class MetricsLog {
  /// A line of the log.
  public struct Record: Equatable, Sendable {
    /// The optimizer steps done when the values were measured.
    public var step: Int
    /// The finite values under their names.
    public var values: [String: Double]

    public init(step: Int, values: [String: Double]) {
      self.step = step
      self.values = values
    }
  }

  private let file: AppendedFile

  /// Opens a log, made if there is none, to go on from a checkpoint.
  ///
  /// Lines of later steps than the checkpoint's are cut off: those steps will be done again.
  ///
  /// - Parameters:
  ///   - path: The path of the log.
  ///   - step: The steps done at the checkpoint; 0 for a run from its start.
  /// - Throws: `InputError` for a log with a line that is not one of a log, apart from a last one
  ///   without its end.
  public init(_ path: String, from step: Int) throws {
    var kept = 0
    if access(path, F_OK) == 0 {
      try Self.forEachRecord(of: path) { record, end in
        if record.step <= step { kept = end }
        return record.step <= step
      }
    }
    file = try AppendedFile(path, keeping: kept)
  }

  /// Appends a line.
  ///
  /// - Parameters:
  ///   - step: The optimizer steps done.
  ///   - values: What was measured, in the order of the line, under names of letters, digits,
  ///     slashes, hyphens and underscores.
  /// - Throws: `FileError` when the system does not take it.
  public func append(step: Int, _ values: [(name: String, value: Double)]) throws {
    var line = "{\"step\":\(step)"
    for (name, value) in values {
      precondition(
        name.allSatisfy { $0.isLetter || $0.isNumber || "_/-".contains($0) },
        "MetricsLog.append: expected a plain name, got \(name)")
      line += ",\"\(name)\":\(value.isFinite ? "\(value)" : "null")"
    }
    try file.append(Array("\(line)}\n".utf8))
  }

  /// Reads a log.
  ///
  /// - Returns: Its lines in their order, without a last one that is torn.
  /// - Throws: `InputError` for another line that is not one of a log.
  public static func records(of path: String) throws -> [Record] {
    var records: [Record] = []
    try forEachRecord(of: path) { record, _ in
      records.append(record)
      return true
    }
    return records
  }

  /// Calls `body` with each whole line and the offset behind it until it returns false.
  private static func forEachRecord(
    of path: String, _ body: (Record, Int) throws -> Bool
  ) throws {
    let file = try MappedFile(path)
    try withExtendedLifetime(file) {
      var (row, start) = (0, 0)
      while let end = file.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
        row += 1
        let line = UnsafeRawBufferPointer(rebasing: file.bytes[start..<end])
        guard let record = line.withMemoryRebound(to: UInt8.self, Record.init(parsing:)) else {
          throw InputError(
            file: path, row: row, expected: "a line of a metrics log",
            found: RecipeProblem.excerpt(String(decoding: line.prefix(240), as: UTF8.self)))
        }
        guard try body(record, end + 1) else { return }
        start = end + 1
      }
    }
  }
}

extension MetricsLog.Record {
  /// A line of a log; nil if it is something else.
  fileprivate init?(parsing line: UnsafeBufferPointer<UInt8>) {
    guard case .object(let members)? = try? JSONValue(parsing: line, file: "", depth: 2),
      case ("step", .integer(let step))? = members.first
    else { return nil }
    self.init(step: step, values: [:])
    for (name, value) in members.dropFirst() {
      switch value {
      case .number(let number): values[name] = number
      case .integer(let number): values[name] = Double(number)
      case .null: continue
      default: return nil
      }
    }
  }
}
