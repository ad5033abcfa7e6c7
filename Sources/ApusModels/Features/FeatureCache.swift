import ApusFiles
import ApusTensors
import Glibc

/// What a frozen encoder makes of each example, computed once and read from disk from then on.
///
/// The file is mapped into memory, so that it may be larger than that. It holds a key of all that the
/// features depend on, and is computed anew where that is another one. Examples go through the encoder
/// in their order, whatever order training asks for them in, so that the features are a function of
/// data and encoder alone, and a run that is continued reads the same bits.
///
/// The format is a header of 40 bytes (eight letters, then key, examples, elements and width as 64-bit
/// integers), the length of each example as such, and the rows as Float32.
public struct FeatureCache: Sendable {
  /// The elements of each example.
  public let lengths: [Int]
  /// The values of an element.
  public let width: Int
  private let type: ScalarType
  private let offsets: [Int]
  private let file: MappedFile

  private static let magic: [UInt8] = Array("APUSFEAT".utf8)
  private static let headerSize = 40

  /// Opens the file of a path, or computes the features and writes it.
  ///
  /// - Parameters:
  ///   - path: The file; it appears whole or not at all.
  ///   - key: Of all that the features depend on.
  ///   - lengths: The elements of each example: its tokens, or 1 where features are pooled.
  ///   - costs: What it takes to compute each example, in tokens.
  ///   - width: The values of an element.
  ///   - type: The type that features have; they are stored as Float32, which loses nothing.
  ///   - tokenCount: The most tokens that are computed at once, but for a longer example.
  ///   - compute: Gives the features of a range of examples: [N, width].
  /// - Throws: What computing throws; `FileError` if the file can't be read or written.
  public init(
    _ path: String, key: FeatureKey, lengths: [Int], costs: [Int], width: Int,
    type: ScalarType = .float32, computingAtOnce tokenCount: Int = 4096,
    _ compute: (Range<Int>) throws -> Tensor
  ) throws {
    precondition(
      width > 0 && lengths.count == costs.count && lengths.allSatisfy { $0 >= 0 },
      "FeatureCache: expected sizes and as many costs, got \(width) and \(costs.count)")
    self.lengths = lengths
    self.width = width
    self.type = type
    offsets = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    let header = Self.header(key, lengths, width)
    if access(path, F_OK) == 0 {
      let found = try MappedFile(path)
      let size = header.count + offsets[lengths.count] * width * 4
      if found.count == size, found.bytes.prefix(header.count).elementsEqual(header) {
        file = found
        return
      }
    }
    try Self.write(path, header, lengths, costs, width, tokenCount, compute)
    file = try MappedFile(path)
  }

  private static func header(_ key: FeatureKey, _ lengths: [Int], _ width: Int) -> [UInt8] {
    let numbers = [key.bits, UInt64(lengths.count), UInt64(lengths.reduce(0, +)), UInt64(width)]
    return (numbers + lengths.map { UInt64($0) }).reduce(into: magic) { bytes, number in
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
  }

  private static func write(
    _ path: String, _ header: [UInt8], _ lengths: [Int], _ costs: [Int], _ width: Int,
    _ tokenCount: Int, _ compute: (Range<Int>) throws -> Tensor
  ) throws {
    var output = try AtomicFile(path)
    try output.write(header)
    var next = 0
    while next < lengths.count {
      let start = next
      var cost = 0
      repeat {
        cost += costs[next]
        next += 1
      } while next < lengths.count && cost + costs[next] <= tokenCount
      let count = lengths[start..<next].reduce(0, +)
      let rows = try withoutGradients { try compute(start..<next) }
      precondition(
        rows.shape == [count, width],
        "FeatureCache: expected features of shape \([count, width]), got \(rows.shape)")
      try rows.converted(to: .float32).withElements(as: Float.self) {
        try output.write(UnsafeRawBufferPointer($0))
      }
    }
    try output.commit()
  }

  /// The features of some examples, in the order that they are asked for.
  ///
  /// - Shapes: [N, width] over the examples
  public func features(of examples: [Int]) -> Sequences {
    let chosen = examples.map { lengths[$0] }
    let start = Self.headerSize + 8 * lengths.count
    var values: [Float] = []
    values.reserveCapacity(chosen.reduce(0, +) * width)
    for example in examples {
      let place = start + offsets[example] * width * 4
      let bytes = file.bytes[place..<place + lengths[example] * width * 4]
      UnsafeRawBufferPointer(rebasing: bytes).withMemoryRebound(to: Float.self) {
        values.append(contentsOf: $0)
      }
    }
    withExtendedLifetime(file) {}
    let rows = Tensor(values, [chosen.reduce(0, +), width])
    return Sequences(rows.converted(to: type), lengths: chosen)
  }
}
