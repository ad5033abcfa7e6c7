import ApusFiles
import Glibc

/// The symbols that a recogniser of speech or writing tells apart: characters, what stands between
/// words, and the blank of connectionist temporal classification.
///
/// It is kept in `vocab.json`, as Hugging Face's `Wav2Vec2CTCTokenizer` does, which writes blanks
/// between words as `|`.
public struct Alphabet: Sendable, Equatable {
  /// The names of all symbols, by their ids.
  public let symbols: [String]
  /// The symbol that stands for nothing.
  public let blank: Int
  /// The symbol between words; nil for an alphabet from elsewhere without one.
  public let wordBoundary: Int?
  /// How texts and symbols differ in their letters.
  public let letters: Letters
  private let ids: [Unicode.Scalar: Int32]

  public enum Letters: String, Sendable, CaseIterable {
    /// Texts are spelled as they are.
    case unchanged
    /// Texts are put into small letters.
    case small
    /// Symbols are capitals that stand for small letters.
    case capitals
  }

  private static let blankName = "<pad>"
  private static let boundaryName = "|"
  private static let fileName = "vocab.json"
  private static let addedName = "added_tokens.json"
  /// The key that Apus adds to the reference's settings.
  private static let lettersKey = "apus_letters"
  private static let settingsName = "tokenizer_config.json"

  /// The symbols of a file, whose order makes their ids.
  private init(symbols: [String], blank: Int, boundaryName: String, letters: Letters) {
    self.symbols = symbols
    self.blank = blank
    self.letters = letters
    wordBoundary = symbols.firstIndex(of: boundaryName)
    var ids: [Unicode.Scalar: Int32] = [:]
    for (id, symbol) in symbols.enumerated() where id != blank && symbol != boundaryName {
      // Longer names, such as <s>, stand for no character.
      if symbol.unicodeScalars.count == 1, let scalar = symbol.unicodeScalars.first {
        ids[scalar] = Int32(id)
      }
    }
    if let wordBoundary { ids[" "] = Int32(wordBoundary) }
    self.ids = ids
  }

  /// The characters of texts in the order of their code points, behind blank and word boundary.
  public init(of texts: some Sequence<String>, lowercases: Bool) {
    var found: Set<Unicode.Scalar> = []
    let letters = lowercases ? Letters.small : .unchanged
    for text in texts { found.formUnion(Self.spelled(text, letters).unicodeScalars) }
    // In a file, | is what stands between words, which there is even where texts are single words: a
    // search for words needs it.
    found.subtract([" ", "|"])
    self.init(
      symbols: [Self.blankName, Self.boundaryName] + found.sorted().map { String($0) },
      blank: 0, boundaryName: Self.boundaryName, letters: letters)
  }

  /// The ids of a text, whose words are parted by single blanks whatever stands between them.
  ///
  /// - Throws: `InputError` naming the first character that is none of the alphabet's.
  public func ids(of text: String) throws(InputError) -> [Int32] {
    var result: [Int32] = []
    for scalar in Self.spelled(text, letters).unicodeScalars {
      guard let id = ids[scalar] else {
        throw InputError(
          expected: "characters of the alphabet",
          found: "\"\(scalar)\" (U+\(String(scalar.value, radix: 16, uppercase: true)))")
      }
      result.append(id)
    }
    return result
  }

  /// The ids of a text without the characters that are none of the alphabet's.
  public func knownIDs(of text: String) -> [Int32] {
    Self.spelled(text, letters).unicodeScalars.compactMap { ids[$0] }
  }

  /// A text as the alphabet writes it: with single blanks between its words, and in small letters if
  /// it has those alone.
  public func folded(_ text: String) -> String {
    Self.spelled(text, letters == .capitals ? .small : letters)
  }

  /// The text that ids spell.
  public func text(of ids: some Sequence<Int32>) -> String {
    var text = ""
    for id in ids where Int(id) != blank { text += character(Int(id)) }
    return text
  }

  /// What a symbol stands for in a text; nothing for a special one, such as `<s>`.
  public func character(_ id: Int) -> String {
    if id == wordBoundary { return " " }
    let symbol = symbols[id]
    let isSpecial =
      symbol.count > 1
      && (symbol.hasPrefix("<") && symbol.hasSuffix(">")
        || symbol.hasPrefix("[") && symbol.hasSuffix("]"))
    if id == blank || isSpecial { return "" }
    return letters == .capitals ? symbol.lowercased() : symbol
  }

  private static func spelled(_ text: String, _ letters: Letters) -> String {
    let text =
      switch letters {
      case .unchanged: text
      case .small: text.lowercased()
      case .capitals: text.uppercased()
      }
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

extension Alphabet {
  /// Reads `vocab.json` of a model directory and, if they are there, `added_tokens.json` and
  /// `tokenizer_config.json`.
  ///
  /// - Parameters:
  ///   - directory: The model's.
  ///   - count: The symbols that the network tells apart; those without a name are special.
  /// - Throws: `FileError` if a file can't be read; `InputError` for ids that two symbols share or that
  ///   are too high, and for no blank.
  public init(directory: String, count: Int) throws {
    let path = "\(directory)/\(Self.fileName)"
    var symbols = [String?](repeating: nil, count: count)
    for file in [path, "\(directory)/\(Self.addedName)"] {
      guard file == path || access(file, F_OK) == 0 else { continue }
      let json = try JSONField(contentsOf: file, maximumSize: 1 << 24)
      for (name, _) in try json.members() {
        let id = try json[name].integer(in: 0...count - 1)
        guard symbols[id] == nil || symbols[id] == name else {
          throw json[name].error(expected: "an id of its own")
        }
        symbols[id] = name
      }
    }
    let settings = try Settings(directory: directory)
    let names = symbols.enumerated().map { $1 ?? "<unused-\($0)>" }
    guard let blank = names.firstIndex(of: settings.blankName) else {
      throw InputError(
        file: path, expected: "a blank \"\(settings.blankName)\"", found: "none")
    }
    self.init(
      symbols: names, blank: blank, boundaryName: settings.boundaryName,
      letters: settings.letters)
  }

  /// What `tokenizer_config.json` says of the symbols.
  private struct Settings {
    var blankName = Alphabet.blankName
    var boundaryName = Alphabet.boundaryName
    var letters = Letters.unchanged

    init(directory: String) throws {
      let path = "\(directory)/\(Alphabet.settingsName)"
      guard access(path, F_OK) == 0 else { return }
      let json = try JSONField(contentsOf: path, maximumSize: 1 << 24)
      // A token is its name, or an object with it.
      func name(_ key: String) throws -> String? {
        if case .object = json[key].value { return try json[key]["content"].string() }
        return try json[key].optionalString()
      }
      blankName = try name("pad_token") ?? blankName
      boundaryName = try name("word_delimiter_token") ?? boundaryName
      // In the reference, a key that says that symbols are capitals and what is written is small.
      if try json["do_lower_case"].bool(default: false) { letters = .capitals }
      if let name = try json[Alphabet.lettersKey].optionalString() {
        guard let known = Letters(rawValue: name) else {
          throw json[Alphabet.lettersKey].error(expected: "unchanged, small or capitals")
        }
        letters = known
      }
    }
  }

  /// Writes `vocab.json` and `tokenizer_config.json`.
  ///
  /// - Throws: `FileError` if a file can't be written.
  public func save(to directory: String) throws {
    let ids = symbols.enumerated().map { ($1, JSONValue.integer($0)) }
    try writeAtomically(JSONValue.object(ids).text + "\n", to: "\(directory)/\(Self.fileName)")
    let settings = JSONValue.object([
      ("tokenizer_class", .string("Wav2Vec2CTCTokenizer")),
      ("pad_token", .string(symbols[blank])),
      ("word_delimiter_token", .string(wordBoundary.map { symbols[$0] } ?? Self.boundaryName)),
      ("unk_token", .null), ("bos_token", .null), ("eos_token", .null),
      ("do_lower_case", .bool(letters == .capitals)),
      (Self.lettersKey, .string(letters.rawValue)),
    ])
    try writeAtomically(settings.text + "\n", to: "\(directory)/\(Self.settingsName)")
  }
}
