import ApusFiles
import Foundation

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
    if FileManager.default.fileExists(atPath: path) {
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
  ///     slashes and underscores.
  /// - Throws: `FileError` when the system does not take it.
  public func append(step: Int, _ values: KeyValuePairs<String, Double>) throws {
    var line = "{\"step\":\(step)"
    for (name, value) in values {
      precondition(
        name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "/" },
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
    let decoder = JSONDecoder()
    var (row, start) = (0, 0)
    while let end = file.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      row += 1
      let line = Data(file.bytes[start..<end])
      guard var values = try? decoder.decode([String: Double?].self, from: line),
        let step = values.removeValue(forKey: "step").flatMap({ $0 }).flatMap(Int.init(exactly:))
      else {
        throw InputError(
          file: path, row: row, expected: "a line of a metrics log",
          found: RecipeProblem.excerpt(String(decoding: line, as: UTF8.self)))
      }
      guard try body(Record(step: step, values: values.compactMapValues { $0 }), end + 1) else {
        return
      }
      start = end + 1
    }
  }
}
