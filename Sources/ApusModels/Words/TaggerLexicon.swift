import ApusFiles

/// The words and characters that a tagger knows by number, 0 being those it does not know.
///
/// Words are numbered without their case, and with 0 for every digit; their characters are taken as
/// they are.
public struct TaggerLexicon: Sendable {
  /// Those with the numbers from 1 on.
  public let words: [String]
  public let characters: [Unicode.Scalar]
  private let wordIDs: [String: Int32]
  private let characterIDs: [Unicode.Scalar: Int32]

  /// Takes all words of sentences, the most frequent first.
  public init(of sentences: [[String]]) {
    var words: [String: Int] = [:]
    var characters: [Unicode.Scalar: Int] = [:]
    for word in sentences.joined() {
      words[Self.folded(word), default: 0] += 1
      for character in word.unicodeScalars { characters[character, default: 0] += 1 }
    }
    self.init(
      words: words.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key),
      characters: characters.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key))
  }

  /// - Precondition: No word and no character comes twice.
  private init(words: [String], characters: [Unicode.Scalar]) {
    self.words = words
    self.characters = characters
    wordIDs = Dictionary(uniqueKeysWithValues: zip(words, 1...))
    characterIDs = Dictionary(uniqueKeysWithValues: zip(characters, 1...))
  }

  /// The number of words with the unknown one.
  public var wordCount: Int { words.count + 1 }
  public var characterCount: Int { characters.count + 1 }

  /// Adds the numbers of a sentence's words and characters.
  func read(_ words: [String], into sentence: inout SpelledSentence) {
    sentence.ids = words.map { wordIDs[Self.folded($0)] ?? 0 }
    sentence.spellings = words.map { $0.unicodeScalars.map { characterIDs[$0] ?? 0 } }
    sentence.casings = words.map { WordCasing($0).rawValue }
  }

  /// The form under which a word is numbered.
  private static func folded(_ word: String) -> String {
    var folded = String.UnicodeScalarView()
    for scalar in word.lowercased().unicodeScalars {
      folded.append(scalar.properties.numericType == .decimal ? "0" : scalar)
    }
    return String(folded)
  }
}

extension TaggerLexicon {
  /// Reads what `json` wrote.
  ///
  /// - Throws: `InputError` for what is no such file, and for words or characters that come twice.
  public init(_ json: JSONField) throws {
    let words = try json["words"].array().map { try $0.string() }
    let characters = try json["characters"].array().map { field -> Unicode.Scalar in
      let scalars = try field.string().unicodeScalars
      guard scalars.count == 1, let scalar = scalars.first else {
        throw field.error(expected: "one character")
      }
      return scalar
    }
    guard Set(words).count == words.count else {
      throw json["words"].error(expected: "each word once")
    }
    guard Set(characters).count == characters.count else {
      throw json["characters"].error(expected: "each character once")
    }
    self.init(words: words, characters: characters)
  }

  public var json: JSONValue {
    .object([
      ("words", .array(words.map(JSONValue.string))),
      ("characters", .array(characters.map { .string(String(Character($0))) })),
    ])
  }
}
