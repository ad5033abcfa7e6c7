import ApusFiles
import Glibc

/// Divides the rows of a table into parts, to learn from and to measure on.
///
/// Rows with equal texts in the key columns, but for case and blanks, go into one part together. Each
/// row is written as the file has it, behind the header. All rows are held in memory, but for parts by
/// hash alone.
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
    /// By a hash of the row or its key, so that a row stays in its part when others are added; by a
    /// stratum, of which each part has its exact share, rows near a border may change it.
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
    let suffix = Self.suffix(of: path, reader.format)
    func file(_ name: String) throws -> TablePartFile {
      try TablePartFile("\(directory)/\(name)\(suffix)", header: reader.headerBytes)
    }
    if case .parts(let parts) = target, order == .hash, stratum == nil, imbalance == nil {
      let files = try parts.map { try file($0.name) }
      try copyRows(of: &reader, to: files, named: parts.map(\.name))
      return files.map { ($0.path, $0.rowCount) }
    }
    var rows: [Row] = []
    while let row = try reader.next() { rows.append(try self.row(row, reader.rowBytes)) }
    return try members(assignment(of: rows), rows, file: reader.name).map { name, chosen in
      let file = try file(name)
      for row in chosen { try file.append(rows[row].bytes) }
      try file.commit()
      return (file.path, chosen.count)
    }
  }

  /// Writes rows as they are read, of which each tells its part by itself.
  private func copyRows(
    of reader: inout TableReader, to files: [TablePartFile], named names: [String]
  ) throws {
    while let row = try reader.next() {
      let hash = try self.row(row, reader.rowBytes).hash
      try files[part(at: Self.place(of: hash))].append(reader.rowBytes)
    }
    let count = files.reduce(0) { $0 + $1.rowCount }
    for (name, file) in zip(names, files) where file.rowCount == 0 {
      throw tooFew(count, for: name, file: reader.name)
    }
    for file in files { try file.commit() }
  }

  private func tooFew(_ count: Int, for name: String, file: String) -> InputError {
    InputError(file: file, expected: "rows enough for \(name)", found: "\(count) in all")
  }

  private struct Row {
    /// Of the key; two keys that happen to share one only stay together.
    let hash: UInt64
    let stratum: String
    let label: String
    let bytes: [UInt8]
  }

  private func row(_ row: TableRow, _ bytes: [UInt8]) throws -> Row {
    let texts =
      key.isEmpty
      ? [String(decoding: bytes, as: UTF8.self)] : try key.map { try row.optionalText($0) ?? "" }
    return Row(
      hash: Self.hash(of: texts, seed: seed), stratum: try stratum.map { try row.text($0) } ?? "",
      label: try imbalance.map { try row.text($0.label) } ?? "", bytes: bytes)
  }

  /// The part of each row.
  private func assignment(of rows: [Row]) -> [Int] {
    guard order != .hash || stratum != nil else {
      return rows.map { part(at: Self.place(of: $0.hash)) }
    }
    var groups: [UInt64: [Int]] = [:]
    var keys: [UInt64] = []
    for (index, row) in rows.enumerated() {
      if groups[row.hash] == nil { keys.append(row.hash) }
      groups[row.hash, default: []].append(index)
    }
    var parts = [Int](repeating: 0, count: rows.count)
    // In order, or by label: groups one behind the other, cut where the rows reach a part's share.
    let strata = Dictionary(grouping: keys) { rows[groups[$0]?.first ?? 0].stratum }
    for keys in strata.values {
      let total = Double(keys.reduce(0) { $0 + (groups[$1]?.count ?? 0) })
      var before = 0.0
      for key in order == .hash ? keys.sorted() : keys {
        let group = groups[key] ?? []
        // The middle of the group tells the part that most of it belongs to.
        let part = part(at: (before + Double(group.count) / 2) / total)
        for row in group { parts[row] = part }
        before += Double(group.count)
      }
    }
    return parts
  }

  /// The part at a place on the way from 0 to 1.
  private func part(at place: Double) -> Int {
    let bounds = bounds
    return bounds.firstIndex { place < $0 } ?? bounds.count - 1
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
        throw tooFew(rows.count, for: name, file: file)
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
      let hashes = label.value.map { (rows[$0].hash, $0) }.sorted(by: <)
      return hashes.prefix(count).map(\.1)
    }
    return kept.sorted()
  }

  /// The fold of texts that belong together: that in whose test file `apus split --folds` puts a row
  /// with the texts as its key.
  ///
  /// - Parameters:
  ///   - texts: Case and blanks make no difference.
  ///   - count: The number of folds.
  ///   - seed: Other seeds give other folds.
  /// - Returns: A number from 0.
  public static func fold(of texts: [String], count: Int, seed: UInt64 = 0) -> Int {
    min(count - 1, Int(place(of: hash(of: texts, seed: seed)) * Double(count)))
  }

  /// A number of texts, the same for the same seed on every machine, whatever their case, blanks and
  /// composition of characters.
  ///
  /// - Source: FNV-1a, with the finalizer of SplitMix64, which spreads it over all bits.
  private static func hash(of texts: [String], seed: UInt64) -> UInt64 {
    var key = TableStatistics.normalized(texts.joined(separator: "\u{1F}"))
    let composed = AlignedText()
    key.withUTF8 { UnicodeNormalizer(.nfc).normalize($0, into: composed) }
    var hash = composed.bytes.reduce(0xCBF2_9CE4_8422_2325 ^ seed) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
    }
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31)
  }

  /// A number from 0 to 1.
  private static func place(of hash: UInt64) -> Double { Double(hash >> 11) / Double(1 << 53) }

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
