import ApusFiles
import ApusTensors
import ApusText
import Glibc

/// The directory of vectors that were trained here: `config.json`, `words.txt` with a word and its count
/// a line (parted by a tab), and `model.safetensors` with `vectors`, [V, C], or with `words`, [V, C], and
/// `subwords`, [buckets, C], whose means the vectors are.
enum VectorDirectory {
  static let modelType = "word-vectors"

  static func read(_ path: String) throws -> WordVectors {
    let config = try JSONField(contentsOf: "\(path)/config.json", maximumSize: 1 << 20)
    guard try config["model_type"].string() == modelType else {
      throw config["model_type"].error(expected: "\"\(modelType)\"")
    }
    let (words, counts) = try readWords("\(path)/words.txt")
    let vocabulary = try words.vocabulary()
    let dimension = try config["dimension"].integer(in: 1...1_048_576)
    let weights = try SafetensorsCheckpoint(directory: path)
    let parts = config["subwords"]
    guard !parts.isNull else {
      return WordVectors(
        vocabulary, try weights.floats("vectors", shape: [words.count, dimension]),
        counts: counts)
    }
    let shortest = try parts["minimum_length"].integer(in: 1...1000)
    let longest = try parts["maximum_length"].integer(in: shortest...1000)
    let rule = Subwords.Rule(
      lengths: shortest...longest,
      bucketCount: try parts["buckets"].integer(in: 1...Int(Int32.max)))
    let subwords = Subwords(
      rule, words: try weights.floats("words", shape: [words.count, dimension]),
      table: try weights.floats("subwords", shape: [rule.bucketCount, dimension]))
    return WordVectors(vocabulary, counts: counts, subwords)
  }

  private static func readWords(_ path: String) throws -> (words: WordList, counts: [Int]?) {
    let reader = try VectorReader(path)
    var words = WordList(path)
    var counts: [Int] = []
    var line: [UInt8] = []
    while try !reader.isAtEnd() {
      _ = try reader.read(until: UInt8(ascii: "\n"), into: &line, row: words.count + 1)
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      let count = fields.count == 2 ? Int(String(decoding: fields[1], as: UTF8.self)) : nil
      guard fields.count == 1 || count != nil else {
        throw InputError(
          file: path, row: words.count + 1, expected: "a word, or a word, a tab and its count",
          found: WordList.quoted(line))
      }
      try words.append(Array(fields[0]), row: words.count + 1)
      if let count { counts.append(count) }
    }
    guard counts.isEmpty || counts.count == words.count else {
      throw InputError(
        file: path, expected: "a count for each word or for none", found: "\(counts.count)")
    }
    return (words, counts.isEmpty ? nil : counts)
  }

  static func write(_ vectors: WordVectors, to path: String, training: JSONValue?) throws {
    try createDirectory(path)
    var words: [UInt8] = []
    for id in 0..<vectors.count {
      words += try vectors.word(id, withoutAny: [0x09, 0x0A], for: path)
      if let count = vectors.counts?[id] { words += "\t\(count)".utf8 }
      words.append(0x0A)
    }
    var members: [(key: String, value: JSONValue)] = [
      ("model_type", .string(modelType)), ("dimension", .integer(vectors.dimension)),
      ("vocab_size", .integer(vectors.count)),
    ]
    var tensors = [(name: "vectors", value: vectors.vectors)]
    if let subwords = vectors.subwords {
      tensors = [("words", subwords.words), ("subwords", subwords.table)]
      members.append(
        (
          "subwords",
          .object([
            ("minimum_length", .integer(subwords.rule.lengths.lowerBound)),
            ("maximum_length", .integer(subwords.rule.lengths.upperBound)),
            ("buckets", .integer(subwords.rule.bucketCount)),
          ])
        ))
    }
    if let training { members.append(("training", training)) }
    try writeSafetensors(tensors, to: "\(path)/model.safetensors")
    var file = try AtomicFile("\(path)/words.txt")
    try file.write(words)
    try file.commit()
    try writeAtomically(JSONValue.object(members).text + "\n", to: "\(path)/config.json")
  }
}
