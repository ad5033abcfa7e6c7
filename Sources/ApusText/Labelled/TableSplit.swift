import ApusFiles
import Glibc

/// Divides the rows of a table into parts, to learn from and to measure on.
///
/// Rows with equal texts in the key columns, but for case and blanks, go into one part together. Each
/// row is written as the file has it, behind the header.
public struct TableSplit: Sendable {
  /// A part of the rows and its share.
  public struct Part: Sendable, Equatable {
    public var name: String
    public var share: Double

    public init(name: String, share: Double) {
      self.name = name
      self.share = share
    }
  }

  public enum Order: String, Sendable, CaseIterable {
    /// By a hash of the row or its key, so that a row stays in its part when others are added.
    case hash
    /// The first rows into the first part.
    case order
  }

  /// What rows are divided into.
  public enum Target: Sendable {
    /// Parts whose shares have the sum 1.
    case parts([Part])
    /// So many pairs of files, `fold-1/train` and `fold-1/test` and so on; each row is in one test
    /// file.
    case folds(Int)
  }

  public var target: Target
  public var order = Order.hash
  /// Columns whose texts make a group; none takes the whole row.
  public var key: [String] = []
  /// A column of labels, each of which is divided by itself, so that all parts have its share.
  public var stratum: String?
  /// How many times as many rows the commonest label of the first part keeps as the rarest, and the
  /// column of labels; nil keeps all rows.
  public var imbalance: (ratio: Double, label: String)?
  /// Other seeds hash rows to other places.
  public var seed: UInt64 = 0

  public init(_ target: Target) { self.target = target }

  /// Reads a table and writes its parts, each as a whole or not at all.
  ///
  /// - Parameters:
  ///   - path: The table, gzip or not, or `-` for standard input.
  ///   - layout: How its columns stand.
  ///   - directory: Where parts are written, which is made.
  /// - Returns: The files with their numbers of rows.
  /// - Throws: `FileError`; `InputError` for a table that can't be read, lacks a column, or leaves a
  ///   part without rows.
  public func run(
    _ path: String, _ layout: TableLayout = TableLayout(), into directory: String
  ) throws -> [(file: String, rows: Int)] {
    var layout = layout
    layout.columns += key + [stratum, imbalance?.label].compactMap(\.self)
    var reader = try TableReader(path, layout)
    guard reader.format != .parallel else {
      throw InputError(file: path, expected: "a file", found: "a directory of columns")
    }
    var rows: [Row] = []
    while let row = try reader.next() { rows.append(try self.row(row, reader.rowBytes)) }
    let assignment = assignment(of: rows)
    let suffix = Self.suffix(of: path, reader.format)
    var files: [(file: String, rows: Int)] = []
    for (name, chosen) in try members(assignment, rows, file: reader.name) {
      let file = "\(directory)/\(name)\(suffix)"
      try createDirectory(String(file.prefix(upTo: file.lastIndex(of: "/") ?? file.startIndex)))
      try write(chosen.map { rows[$0].bytes }, header: reader.headerBytes, to: file)
      files.append((file, chosen.count))
    }
    return files
  }

  private struct Row {
    let key: String
    let stratum: String
    let label: String
    let bytes: [UInt8]
  }

  private func row(_ row: TableRow, _ bytes: [UInt8]) throws -> Row {
    let text =
      key.isEmpty
      ? String(decoding: bytes, as: UTF8.self)
      : try key.map { try row.optionalText($0) ?? "" }.joined(separator: "\u{1F}")
    return Row(
      key: TableStatistics.normalized(text), stratum: try stratum.map { try row.text($0) } ?? "",
      label: try imbalance.map { try row.text($0.label) } ?? "", bytes: bytes)
  }

  /// The part of each row.
  private func assignment(of rows: [Row]) -> [Int] {
    var groups: [String: [Int]] = [:]
    var keys: [String] = []
    for (index, row) in rows.enumerated() {
      if groups[row.key] == nil { keys.append(row.key) }
      groups[row.key, default: []].append(index)
    }
    let bounds = bounds
    var parts = [Int](repeating: 0, count: rows.count)
    func assign(_ key: String, _ place: Double) {
      let part = bounds.firstIndex { place < $0 } ?? bounds.count - 1
      for row in groups[key] ?? [] { parts[row] = part }
    }
    if order == .hash && stratum == nil {
      for key in keys { assign(key, place(of: key)) }
      return parts
    }
    // In order, or by label: groups one behind the other, cut where the rows reach a part's share.
    let strata = Dictionary(grouping: keys) { rows[groups[$0]?.first ?? 0].stratum }
    for keys in strata.values {
      let hashes = order == .hash ? keys.map(place) : []
      let sorted =
        order == .hash
        ? keys.indices.sorted { (hashes[$0], keys[$0]) < (hashes[$1], keys[$1]) }.map { keys[$0] }
        : keys
      let total = Double(keys.reduce(0) { $0 + (groups[$1]?.count ?? 0) })
      var before = 0.0
      for key in sorted {
        let count = Double(groups[key]?.count ?? 0)
        // The middle of the group tells the part that most of it belongs to.
        assign(key, (before + count / 2) / total)
        before += count
      }
    }
    return parts
  }

  /// The upper ends of the parts on the way from 0 to 1.
  private var bounds: [Double] {
    switch target {
    case .folds(let count): return (1...count).map { Double($0) / Double(count) }
    case .parts(let parts):
      let sum = parts.reduce(0) { $0 + $1.share }
      return parts.reduce(into: []) { $0.append(($0.last ?? 0) + $1.share / sum) }
    }
  }

  /// The rows of each file.
  private func members(
    _ assignment: [Int], _ rows: [Row], file: String
  ) throws -> [(name: String, rows: [Int])] {
    let names: [String] =
      switch target {
      case .parts(let parts): parts.map(\.name)
      case .folds(let count): (1...count).map { "fold-\($0)" }
      }
    var files: [(name: String, rows: [Int])] = []
    for (number, name) in names.enumerated() {
      let chosen = assignment.indices.filter { assignment[$0] == number }
      guard !chosen.isEmpty else {
        throw InputError(
          file: file, expected: "rows enough for \(name)", found: "\(rows.count) in all")
      }
      guard case .folds = target else {
        files.append((name, number == 0 ? unbalanced(chosen, rows) : chosen))
        continue
      }
      let others = assignment.indices.filter { assignment[$0] != number }
      files.append(("\(name)/train", unbalanced(others, rows)))
      files.append(("\(name)/test", chosen))
    }
    return files
  }

  /// The rows that stay where labels are to have unequal counts.
  ///
  /// Counts fall exponentially from the commonest label to the rarest; the rows with the lowest
  /// hashes stay.
  ///
  /// - Source: the long-tailed sets of Cui et al. 2019, §5.1.
  private func unbalanced(_ chosen: [Int], _ rows: [Row]) -> [Int] {
    guard let ratio = imbalance?.ratio else { return chosen }
    let labels = Dictionary(grouping: chosen) { rows[$0].label }
      .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    let most = Double(labels.first?.value.count ?? 0)
    let kept = labels.enumerated().flatMap { rank, label in
      let power = Double(rank) / Double(max(1, labels.count - 1))
      let count = max(1, Int((most * pow(ratio, -power)).rounded()))
      let hashes = label.value.map { (place(of: rows[$0].key), $0) }.sorted(by: <)
      return hashes.prefix(count).map(\.1)
    }
    return kept.sorted()
  }

  private func place(of key: String) -> Double { Self.place(ofKey: key, seed: seed) }

  /// The fold of texts that belong together: that in whose test file `apus split --folds` puts a row
  /// with the texts as its key.
  ///
  /// - Parameters:
  ///   - texts: Case and blanks make no difference.
  ///   - count: The number of folds.
  ///   - seed: Other seeds give other folds.
  /// - Returns: A number from 0.
  public static func fold(of texts: [String], count: Int, seed: UInt64 = 0) -> Int {
    let key = TableStatistics.normalized(texts.joined(separator: "\u{1F}"))
    return min(count - 1, Int(place(ofKey: key, seed: seed) * Double(count)))
  }

  /// A number from 0 to 1, the same for the same text and seed on every machine.
  ///
  /// - Source: FNV-1a, with the finalizer of SplitMix64, which spreads it over all bits.
  private static func place(ofKey key: String, seed: UInt64) -> Double {
    var hash = key.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ seed) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
    }
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((hash ^ (hash >> 31)) >> 11) / Double(1 << 53)
  }

  private func write(_ rows: [[UInt8]], header: [UInt8], to path: String) throws {
    var file = try AtomicFile(path)
    for bytes in [header] + rows where !bytes.isEmpty {
      try file.write(bytes)
      // The last line of a file may lack its end.
      if bytes.last != UInt8(ascii: "\n") { try file.write("\n") }
    }
    try file.commit()
  }

  /// What the names of parts end with.
  private static func suffix(of path: String, _ format: TableLayout.Format) -> String {
    let name = path.hasSuffix(".gz") ? path.dropLast(3) : path[...]
    let last = name.split(separator: "/").last ?? ""
    if path != "-", let dot = last.lastIndex(of: "."), dot > last.startIndex {
      return String(last[dot...])
    }
    switch format {
    case .csv: return ".csv"
    case .tsv: return ".tsv"
    case .json: return ".jsonl"
    default: return ".txt"
    }
  }
}
