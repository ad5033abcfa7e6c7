import Apus
import ApusFiles
import ApusTensors
import ApusVectors
import Foundation
import Testing

@Suite struct VectorIndexTests {
  /// What sorting all scores in Double gives.
  private static func sorted(
    _ query: [Float], _ rows: [[Float]], count: Int, isCosine: Bool
  ) -> [NearRow] {
    func dot(_ a: [Float], _ b: [Float]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let scores = rows.map { row -> Double in
      let length = isCosine ? (dot(row, row) * dot(query, query)).squareRoot() : 1
      return length > 0 ? dot(query, row) / length : 0
    }
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    return order.prefix(count).map { NearRow(row: $0, score: Float(scores[$0])) }
  }

  private static func vectors(_ count: Int, _ size: Int, _ name: String) -> [[Float]] {
    let values = Tensor.normal([count, size], RandomKey(seed: 1, name: name))
      .elements(as: Float.self)
    return (0..<count).map { Array(values[$0 * size..<($0 + 1) * size]) }
  }

  @Test(arguments: [
    (1, 1, 3, 1), (7, 3, 5, 4), (513, 2, 16, 10), (1500, 9, 20, 7), (1300, 70, 24, 100),
    (600, 130, 8, 600), (20, 4, 6, 50),
  ])
  func nearestAreThoseOfASort(_ rows: Int, _ queries: Int, _ size: Int, _ count: Int) {
    let vectors = Self.vectors(rows, size, "rows")
    let queries = Self.vectors(queries, size, "queries")
    let index = VectorIndex(Tensor(Array(vectors.joined()), [rows, size]))
    for similarity in VectorIndex.Similarity.allCases {
      let found = index.nearest(to: queries, count: count, by: similarity)
      #expect(found.count == queries.count)
      for (query, found) in zip(queries, found) {
        let expected = Self.sorted(
          query, vectors, count: count, isCosine: similarity == .cosine)
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
          #expect(abs(found.score - expected.score) < 1e-4)
        }
        // Scores that differ by more than rounding are in one order.
        let isClear = zip(expected, expected.dropFirst()).allSatisfy { $0.score - $1.score > 1e-5 }
        if isClear, expected.count == rows || rows > count {
          #expect(found.dropLast().map(\.row) == expected.dropLast().map(\.row))
        }
      }
    }
  }

  @Test func equalRowsComeInTheirOrder() {
    // Small whole numbers have exact products, so that many are equal.
    func vector(_ start: Int, _ step: Int, below count: Int) -> [Float] {
      (0..<8).map { Float((start + $0 * step) % count - 1) }
    }
    let rows = (0..<3000).map { vector($0 * 7, 3, below: 4) }
    let queries = (0..<100).map { vector($0, 1, below: 3) }
    let index = VectorIndex(Tensor(Array(rows.joined()), [rows.count, 8]))
    for (query, found) in zip(queries, index.nearest(to: queries, count: 40, by: .dot)) {
      #expect(found == Self.sorted(query, rows, count: 40, isCosine: false))
    }
  }

  @Test func rowsOfZerosAndNoNumbers() {
    let rows: [Float] = [0, 0, .nan, 1, -1, 0, 2, 0]
    let index = VectorIndex(Tensor(rows, [4, 2]))
    let found = index.nearest(to: [[1, 0]], count: 4)[0]
    #expect(
      found == [NearRow(row: 3, score: 1), NearRow(row: 0, score: 0), NearRow(row: 2, score: -1)])
    #expect(index.nearest(to: [] as [[Float]], count: 4).isEmpty)
    #expect(VectorIndex(.zeros([0, 2])).nearest(to: [[1, 0]], count: 4) == [[]])
  }

  @Test func filesOfEmbeddingsAreIndexes() throws {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "apus-index-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let rows = Self.vectors(1000, 12, "rows")
    for format in [EmbeddingFile.Format.npy, .safetensors] {
      let path = directory.appending(path: "vectors.\(format.rawValue)").path
      var file = try EmbeddingFile(path, format, dimension: 12, hasTokens: false)
      try file.append(rows)
      try file.commit()
      let index = try VectorIndex(contentsOf: path)
      #expect(index.count == 1000 && index.dimension == 12)
      #expect(index.vectors.elements(as: Float.self) == Array(rows.joined()))
      // Rows are given back while they are searched, and read again.
      for _ in 0..<2 {
        let found = index.nearest(to: [rows[777]], count: 1)[0]
        #expect(found.map(\.row) == [777])
      }
    }
    let path = directory.appending(path: "bad.npy").path
    for (header, length) in [
      ("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }", 32),
      ("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", 16),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", 16),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", 12),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", 16),
      ("nothing", 16),
    ] {
      let bytes =
        [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        + [UInt8](repeating: 0, count: length)
      try Data(bytes).write(to: URL(filePath: path))
      #expect(throws: InputError.self, "\(header)") { try VectorIndex(contentsOf: path) }
    }
  }
}
