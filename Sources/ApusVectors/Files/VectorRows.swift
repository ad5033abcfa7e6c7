import ApusFiles
import ApusTensors
import ApusText

/// Words and vectors as they come from a file.
struct VectorRows {
  private(set) var dimension: Int?
  private var words: WordList
  private var values: [Float] = []

  init(_ file: String, dimension: Int? = nil) {
    words = WordList(file)
    self.dimension = dimension
  }

  var file: String { words.file }
  var count: Int { words.count }

  /// Adds a row.
  ///
  /// - Throws: `InputError` naming the row for an empty word, one that came before, or numbers that are
  ///   not finite.
  mutating func append(_ word: [UInt8], _ vector: [Float], row: Int) throws {
    if let value = vector.first(where: { !$0.isFinite }) {
      throw InputError(
        file: file, row: row, expected: "finite numbers in the vector of \(WordList.quoted(word))",
        found: "\(value)")
    }
    try words.append(word, row: row)
    dimension = vector.count
    values += vector
  }

  /// The words and vectors.
  ///
  /// - Throws: `InputError` for a file without any.
  func vectors() throws -> WordVectors {
    let vocabulary = try words.vocabulary()
    return WordVectors(
      vocabulary, Tensor(values, [vocabulary.count, values.count / vocabulary.count]))
  }
}
