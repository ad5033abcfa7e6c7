import ApusFiles
import Glibc

/// Writes scalars that TensorBoard shows: an event file in a directory.
///
/// An event file is a row of TFRecords (length, its checksum, data, checksum) that hold `Event`
/// messages of Protocol Buffers. Each start of a run makes a file of its own and tells from which
/// step on the values of earlier files no longer count.
///
/// - Source: TensorFlow's `record_writer.h` and `event.proto`.
public final class TensorBoardWriter {
  public let path: String
  private let file: AppendedFile

  /// Makes an event file.
  ///
  /// - Parameters:
  ///   - directory: An existing directory.
  ///   - step: The first step that will be written; earlier files count up to the one before.
  ///   - time: The seconds since 1970.
  /// - Throws: `FileError` if the file can't be made or written.
  public init(directory: String, firstStep step: Int, time: Double = now()) throws {
    // TensorBoard reads the files of a directory in the order of their names.
    let seconds = Int(time)
    let micros = String(Int((time - Double(seconds)) * 1e6) + 1_000_000).dropFirst()
    path = "\(directory)/events.out.tfevents.\(seconds).\(micros).\(getpid())"
    file = try AppendedFile(path)
    try append(Self.event(time: time, step: 0) { $0.string(3, "brain.Event:2") })
    let start: UInt64 = 1
    try append(
      Self.event(time: time, step: step) { $0.message(7) { $0.integer(1, start) } })
  }

  /// Appends values of a step under their names, which may have parts between slashes.
  ///
  /// - Parameters:
  ///   - step: The optimizer steps done.
  ///   - values: What was measured.
  ///   - time: The seconds since 1970.
  /// - Throws: `FileError` when the system does not take them.
  public func append(
    step: Int, _ values: [(name: String, value: Double)], time: Double = now()
  ) throws {
    try append(
      Self.event(time: time, step: step) { event in
        event.message(5) { summary in
          for (name, value) in values {
            summary.message(1) {
              $0.string(1, name)
              $0.float(2, Float(value))
            }
          }
        }
      })
  }

  /// The seconds since 1970.
  public static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func event(
    time: Double, step: Int, _ content: (inout ProtobufMessage) -> Void
  ) -> [UInt8] {
    var event = ProtobufMessage()
    event.double(1, time)
    // Zero is what a missing field means, and is not written.
    if step != 0 { event.integer(2, UInt64(bitPattern: Int64(step))) }
    content(&event)
    return event.bytes
  }

  private func append(_ data: [UInt8]) throws {
    let length = UInt64(data.count).littleEndianBytes
    try file.append(length + Self.checksum(length) + data + Self.checksum(data))
  }

  private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
    CRC32C.masked(CRC32C.checksum(bytes)).littleEndianBytes
  }
}
