import ApusFiles
import ApusTensors
import Glibc

/// Vectors in a file, and what of them is nearest to others.
///
/// ```swift
/// let index = try VectorIndex(contentsOf: "vectors.npy")
/// let found = index.nearest(to: try TextEmbedder("all-MiniLM-L6-v2").embed(["A swift flies."]), count: 5)
/// ```
///
/// The search is exact: every vector is multiplied with every query. The file is mapped into memory,
/// of which a block is held at a time. Larger collections than that is fast enough for belong into a
/// vector database, which reads the same files.
public struct VectorIndex: Sendable {
  public enum Similarity: String, Sendable, CaseIterable {
    /// The cosine of the angle between vectors; 0 with zeros.
    case cosine
    /// The sum of products.
    case dot
  }

  /// A vector a row, [N, C], Float32.
  public let vectors: Tensor

  public var count: Int { vectors.shape[0] }
  /// The number of values of a vector.
  public var dimension: Int { vectors.shape[1] }

  public init(_ vectors: Tensor) {
    precondition(
      vectors.rank == 2 && vectors.type == .float32,
      "VectorIndex: expected a float32 matrix, got \(vectors)")
    self.vectors = vectors
  }

  /// Opens a `.npy` or `.safetensors` file; of the latter the tensor `embeddings`, or the only one.
  ///
  /// - Throws: `FileError` if the file can't be read; `InputError` for one without a matrix.
  public init(contentsOf path: String) throws {
    guard path.hasSuffix(".safetensors") else {
      guard path.hasSuffix(".npy") else {
        throw InputError(
          file: path, expected: "a file of vectors, .npy or .safetensors", found: "another name")
      }
      self.init(try NumPyFile(contentsOf: path).matrix)
      return
    }
    let file = try SafetensorsFile(contentsOf: path)
    let only = file.entries.count == 1 ? file.entries.first : nil
    guard let entry = file.entry(named: "embeddings") ?? only, entry.shape.count == 2,
      file.entry(named: "offsets") == nil
    else {
      throw InputError(
        file: path, expected: "the matrix embeddings, a vector a text",
        found: file.entries.prefix(4).map { "\($0.name) \($0.shape)" }.joined(separator: ", "))
    }
    guard entry.type == "F32" else {
      throw InputError(file: path, expected: "embeddings of type F32", found: entry.type)
    }
    self.init(try file.tensor(entry.name))
  }

  /// The vectors nearest to each query.
  ///
  /// - Parameters:
  ///   - queries: A vector a row.
  ///   - count: How many are found for each.
  ///   - similarity: What is greatest for the nearest.
  /// - Returns: The nearest first, of equally near ones the first row.
  /// - Shapes: queries [Q, dimension]
  public func nearest(
    to queries: Tensor, count: Int, by similarity: Similarity = .cosine
  ) -> [[NearRow]] {
    nearestRows(
      to: similarity == .cosine ? queries.detached.normalizedRows : queries, amongst: vectors,
      count: count, normalizing: similarity == .cosine)
  }

  /// The vectors nearest to each query.
  public func nearest(
    to queries: [[Float]], count: Int, by similarity: Similarity = .cosine
  ) -> [[NearRow]] {
    precondition(
      queries.allSatisfy { $0.count == dimension },
      "nearest: expected queries of \(dimension) values, got \(queries.map(\.count))")
    return nearest(
      to: Tensor(Array(queries.joined()), [queries.count, dimension]), count: count,
      by: similarity)
  }
}
