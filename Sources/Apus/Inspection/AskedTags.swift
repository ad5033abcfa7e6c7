import ApusFiles
import ApusModels

/// Which of the tags of a sentence attributions are asked about.
struct AskedTags {
  /// Nil for the tag that each word gets.
  let tag: String?
  /// The number of a word from 0; nil for all words with a tag other than O.
  let word: Int?

  /// What the words of a sentence have to do with the tags that are asked about.
  ///
  /// - Parameters:
  ///   - words: The sentence.
  ///   - found: The tag that each word gets.
  ///   - all: The tags of the model in their order.
  ///   - attribution: Of the number of a tag at a word.
  /// - Returns: An entry for each word that is asked about.
  /// - Throws: `InputError` for a tag or word that there is not.
  func entries(
    _ words: [String], _ found: [String], of all: [String],
    _ attribution: (_ tag: Int, _ word: Int) throws -> Attribution
  ) throws -> [AttributionPage.Entry] {
    if let word, !words.indices.contains(word) {
      throw InputError(
        expected: "word \(word + 1) in \"\(words.joined(separator: " "))\"",
        found: "\(words.count) words")
    }
    let asked = word.map { [$0] } ?? words.indices.filter { found[$0] != "O" }
    return try asked.map { word in
      let name = tag ?? found[word]
      return AttributionPage.Entry(
        words, word: words[word], label: name,
        try attribution(try all.number(of: name), word))
    }
  }
}

extension AttributionPage.Entry {
  /// A sentence with a score for each word.
  fileprivate init(
    _ words: [String], word: String, label: String, _ attribution: Attribution
  ) {
    var start = 0
    let places = words.map { word in
      defer { start += word.utf8.count + 1 }
      return start..<start + word.utf8.count
    }
    self.init(
      text: words.joined(separator: " "), label: label, word: word, probability: nil, places,
      attribution)
  }
}
