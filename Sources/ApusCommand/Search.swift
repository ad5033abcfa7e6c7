import Apus
import ApusFiles
import ApusTensors
import ApusText
import ApusVectors
import ArgumentParser
import Foundation

struct Search: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find the vectors that are nearest to others.",
    discussion: """
      The index is a file that `apus embed` wrote. Queries are such a file too, or lines of text that \
      --encoder embeds. Every vector is compared with every query; memory does not grow with the index.

      Of each query, its number and the numbers of the nearest vectors are printed, from 0, with their \
      similarity, and their ids or the lines of --texts.

      EXAMPLES
        apus search vectors.npy --queries questions.npy --count 5
        apus search vectors.npy --queries questions.txt \\
          --encoder all-MiniLM-L6-v2 --texts texts.txt
      """)

  @Argument(help: "Vectors: .npy or .safetensors.", completion: .file())
  var index: String

  @Option(help: "Vectors in the same formats, or lines of text.", completion: .file())
  var queries: String

  @Option(help: "What embeds queries that are texts.", completion: .directory)
  var encoder: String?

  @Option(help: "How many are found for each query.")
  var count = 10

  @Option(help: "cosine or dot.")
  var similarity = VectorIndex.Similarity.cosine

  @Option(
    help: "A line for each vector, such as its text. (default: its id, if there is INDEX.ids)",
    completion: .file())
  var texts: String?

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Print a JSON object a query.")
  var json = false

  func validate() throws {
    guard count > 0 else { throw ValidationError("--count must be at least 1, got \(count).") }
  }

  func run() throws {
    Processor.threadCount = threads.count
    let ids = "\(index).ids"
    let path = texts ?? (FileManager.default.fileExists(atPath: ids) ? ids : nil)
    let index = try VectorIndex(contentsOf: index)
    let texts = try path.map { try lines(of: $0, count: index.count) }
    let found = index.nearest(
      to: try queryVectors(of: index.dimension), count: count, by: similarity)
    for (query, near) in found.enumerated() {
      if json {
        let list = near.map { near -> JSONValue in
          .object(
            [("row", .integer(near.row)), ("score", .number(Double(near.score)))]
              + (texts.map { [("text", .string($0[near.row]))] } ?? []))
        }
        print(JSONValue.object([("query", .integer(query)), ("nearest", .array(list))]).line)
      } else {
        for near in near {
          let score = String(format: "%.4f", near.score)
          print("\(query)\t\(near.row)\t\(score)" + (texts.map { "\t\($0[near.row])" } ?? ""))
        }
      }
    }
  }

  private func queryVectors(of dimension: Int) throws -> Tensor {
    let isVectors = queries.hasSuffix(".npy") || queries.hasSuffix(".safetensors")
    guard isVectors == (encoder == nil) else {
      throw InputError(
        file: queries,
        expected: isVectors ? "no --encoder for vectors" : "--encoder for queries that are texts",
        found: isVectors ? "one" : "none")
    }
    let vectors: Tensor
    if let encoder {
      let embedder = try TextEmbedder(encoder)
      let embedded = embedder.embed(try lines(of: queries, count: nil))
      vectors = Tensor(Array(embedded.joined()), [embedded.count, embedder.dimension])
    } else {
      vectors = try VectorIndex(contentsOf: queries).vectors
    }
    guard vectors.shape[1] == dimension else {
      throw InputError(
        file: queries, expected: "vectors of the index's \(dimension) values",
        found: "\(vectors.shape[1])")
    }
    return vectors
  }

  private func lines(of path: String, count: Int?) throws -> [String] {
    var source = try TextLines(path)
    var lines: [String] = []
    while let line = try source.next() { lines.append(line) }
    guard count == nil || count == lines.count else {
      throw InputError(
        file: path, expected: "a line for each of the \(count ?? 0) vectors",
        found: "\(lines.count)")
    }
    return lines
  }
}

extension VectorIndex.Similarity: ExpressibleByArgument {}
