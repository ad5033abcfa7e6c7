import ApusLayers
import ApusTensors
import Foundation

/// What a workload measured.
struct BenchResult: Encodable {
  let name: String
  /// The type of operands; nil for work without matrix products.
  let precision: String?
  let threads = Processor.threadCount
  let itemsPerSecond: Double
  /// What is counted, in the plural.
  let unit: String
  /// The median time of one repetition.
  let milliseconds: Double
  /// The rate of matrix products and the limit measured in the same run.
  let gflops, peakGflops: Double?
  /// The rate at which weights come from memory and the limit measured in the same run.
  let gigabytesPerSecond, peakGigabytesPerSecond: Double?
  /// The most memory that the process ever held.
  let peakMemoryMb: Double
  /// How often memory was asked of the system while the clock ran.
  let systemAllocations: Int?

  /// A result of repetitions that took `seconds` each and got `items` done, counted in `unit`;
  /// reads are in bytes a second.
  init(
    name: String, precision: Mode.Precision? = nil, seconds: Double, items: Double, unit: String,
    products: (rate: Double, peak: Double)? = nil, reads: (rate: Double, peak: Double)? = nil,
    systemAllocations: Int? = nil
  ) {
    self.name = name
    self.precision = precision?.rawValue
    itemsPerSecond = items / seconds
    self.unit = unit
    milliseconds = 1000 * seconds
    gflops = products?.rate
    peakGflops = products?.peak
    gigabytesPerSecond = reads.map { $0.rate * 1e-9 }
    peakGigabytesPerSecond = reads.map { $0.peak * 1e-9 }
    peakMemoryMb = Self.peakMemory() / 0x1p20
    self.systemAllocations = systemAllocations
  }

  private enum CodingKeys: CodingKey {
    case name, precision, threads, itemsPerSecond, unit, milliseconds, gflops, peakGflops
    case gigabytesPerSecond, peakGigabytesPerSecond, peakMemoryMb, systemAllocations
  }

  /// Every object has precision and rates of products, null where there are none.
  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(precision, forKey: .precision)
    try values.encode(threads, forKey: .threads)
    try values.encode(itemsPerSecond, forKey: .itemsPerSecond)
    try values.encode(unit, forKey: .unit)
    try values.encode(milliseconds, forKey: .milliseconds)
    try values.encode(gflops, forKey: .gflops)
    try values.encode(peakGflops, forKey: .peakGflops)
    try values.encodeIfPresent(gigabytesPerSecond, forKey: .gigabytesPerSecond)
    try values.encodeIfPresent(peakGigabytesPerSecond, forKey: .peakGigabytesPerSecond)
    try values.encode(peakMemoryMb, forKey: .peakMemoryMb)
    try values.encodeIfPresent(systemAllocations, forKey: .systemAllocations)
  }

  var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = .sortedKeys
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  var text: String {
    let title = [name, precision, "\(threads) threads"].compactMap(\.self).joined(separator: " ")
    var parts = [
      String(format: "%.*f %@/s", itemsPerSecond < 100 ? 2 : 0, itemsPerSecond, unit),
      String(format: "%.1f ms", milliseconds),
    ]
    if let gflops, let peakGflops {
      parts.append(
        String(
          format: "%.0f GFLOP/s (%.0f %% of %.0f)", gflops, 100 * gflops / peakGflops, peakGflops))
    }
    if let gigabytesPerSecond, let peakGigabytesPerSecond {
      parts.append(
        String(
          format: "%.1f GB/s (%.0f %% of %.1f)", gigabytesPerSecond,
          100 * gigabytesPerSecond / peakGigabytesPerSecond, peakGigabytesPerSecond))
    }
    parts.append(String(format: "%.0f MB", peakMemoryMb))
    if let systemAllocations { parts.append("\(systemAllocations) allocations") }
    return "\(title): \(parts.joined(separator: ", "))"
  }

  private static func peakMemory() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) * 1024
  }
}
