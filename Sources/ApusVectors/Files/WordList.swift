import ApusFiles
import ApusText

/// Words as they come from a file, each once.
struct WordList {
  let file: String
  private var words: [[UInt8]] = []
  private var rows: [[UInt8]: Int] = [:]

  init(_ file: String) { self.file = file }

  var count: Int { words.count }

  subscript(index: Int) -> [UInt8] { words[index] }

  /// Adds a word.
  ///
  /// - Throws: `InputError` naming the row of an empty word or one that came before.
  mutating func append(_ word: [UInt8], row: Int) throws {
    guard !word.isEmpty else {
      throw InputError(file: file, row: row, expected: "a word before its vector", found: "none")
    }
    if let former = rows.updateValue(row, forKey: word) {
      throw InputError(
        file: file, row: row, expected: "each word once",
        found: "\(Self.quoted(word)), which is in row \(former) too")
    }
    words.append(word)
  }

  /// - Throws: `InputError` if there are no words, or more or longer ones than a vocabulary takes.
  func vocabulary() throws -> Vocabulary {
    guard !words.isEmpty else {
      throw InputError(file: file, expected: "words with vectors", found: "none")
    }
    do {
      return try Vocabulary(words.enumerated().map { ($0.element, $0.offset) })
    } catch let error as InputError {
      throw InputError(file: file, expected: error.expected, found: error.found)
    }
  }

  static func quoted(_ word: some Collection<UInt8>) -> String {
    "\"\(String(decoding: word.prefix(40), as: UTF8.self))\""
  }
}
