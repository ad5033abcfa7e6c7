import ApusFiles
import ApusText
import Foundation
import Testing

struct AlphabetTests {
  @Test func charactersStandInOrderBehindTheBlank() throws {
    let alphabet = Alphabet(of: ["Bad\tcab", "a|b"], lowercases: true)
    #expect(alphabet.symbols == ["<pad>", "|", "a", "b", "c", "d"])
    #expect(alphabet.blank == 0)
    #expect(alphabet.wordBoundary == 1)
    #expect(try alphabet.ids(of: "  DAB  a ") == [5, 2, 3, 1, 2])
    #expect(alphabet.text(of: [5, 0, 2, 3, 1, 0, 2]) == "dab a")
  }

  @Test func otherCharactersAreNamed() {
    let alphabet = Alphabet(of: ["ab"], lowercases: false)
    #expect(alphabet.symbols == ["<pad>", "|", "a", "b"])
    #expect {
      try alphabet.ids(of: "aé")
    } throws: {
      "\($0)".contains("U+E9")
    }
    #expect(alphabet.knownIDs(of: "aé b") == [2, 1, 3])
  }

  @Test func filesReadBack() throws {
    let directory = FileManager.default.temporaryDirectory.path() + "apus-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let alphabet = Alphabet(of: ["zu spät", "\"ja\""], lowercases: true)
    try alphabet.save(to: directory)
    #expect(try Alphabet(directory: directory, count: alphabet.symbols.count) == alphabet)
  }

  /// As facebook/wav2vec2-base-960h has it: special symbols first, capital letters.
  @Test func referenceFilesAreRead() throws {
    let directory = FileManager.default.temporaryDirectory.path() + "apus-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let vocabulary = #"{"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3, "|": 4, "E": 5, "T": 6}"#
    try vocabulary.write(toFile: "\(directory)/vocab.json", atomically: true, encoding: .utf8)
    let alphabet = try Alphabet(directory: directory, count: 7)
    #expect(alphabet.text(of: [1, 6, 0, 5, 4, 5, 2]) == "TE E")
    // Tokens that were added stand in a file of their own; the flag makes what is written small.
    try #"{"<extra>": 7, "aɪ": 8}"#.write(
      toFile: "\(directory)/added_tokens.json", atomically: true, encoding: .utf8)
    try #"{"pad_token": {"content": "<pad>"}, "do_lower_case": true}"#.write(
      toFile: "\(directory)/tokenizer_config.json", atomically: true, encoding: .utf8)
    let added = try Alphabet(directory: directory, count: 10)
    #expect(added.text(of: [7, 6, 5, 8, 9]) == "teaɪ")
    #expect(try added.ids(of: "te e") == [6, 5, 4, 5])
    #expect(added.folded("TE  e") == "te e")
    try FileManager.default.removeItem(atPath: "\(directory)/added_tokens.json")
    try FileManager.default.removeItem(atPath: "\(directory)/tokenizer_config.json")
    try #"{"a": 0, "b": 2}"#.write(
      toFile: "\(directory)/vocab.json", atomically: true, encoding: .utf8)
    #expect(throws: InputError.self) { try Alphabet(directory: directory, count: 2) }
    try #"{"a": 0, "b": 1}"#.write(
      toFile: "\(directory)/vocab.json", atomically: true, encoding: .utf8)
    #expect(throws: InputError.self) { try Alphabet(directory: directory, count: 2) }
  }
}
