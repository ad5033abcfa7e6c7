import ApusFiles
import ApusText

/// A sentence with a word in one of its senses.
public struct SenseExample: Sendable, Equatable {
  public var sense: String
  public var sentence: String

  public init(sense: String, sentence: String) {
    self.sense = sense
    self.sentence = sentence
  }

  /// Reads lines of a sense, a tab and a sentence; blank ones are passed over.
  ///
  /// - Throws: `FileError`; `InputError` naming the row of a line without a tab, or for a file with less
  ///   than two senses.
  public static func read(_ path: String) throws -> [SenseExample] {
    var lines = try TextLines(path)
    var examples: [SenseExample] = []
    while let line = try lines.next() {
      if line.allSatisfy(\.isWhitespace) { continue }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 2, fields.allSatisfy({ !$0.isEmpty }) else {
        throw InputError(
          file: lines.name, row: lines.row, expected: "a sense, a tab and a sentence",
          found: "\"\(line.prefix(40))\"")
      }
      examples.append(.init(sense: String(fields[0]), sentence: String(fields[1])))
    }
    let senses = Set(examples.map(\.sense))
    guard senses.count > 1 else {
      throw InputError(
        file: lines.name, expected: "sentences of at least two senses",
        found: senses.first ?? "none")
    }
    return examples
  }

  /// Sentences with "bank", made for this.
  public static let bank = [
    SenseExample(sense: "money", sentence: "She opened an account at the bank on Monday."),
    SenseExample(sense: "money", sentence: "The bank raised the interest on every loan."),
    SenseExample(sense: "money", sentence: "He asked the bank for credit to buy a shop."),
    SenseExample(sense: "money", sentence: "Thieves emptied the safe of a bank in the city."),
    SenseExample(sense: "money", sentence: "My salary goes to the bank at the end of the month."),
    SenseExample(sense: "money", sentence: "The clerk at the bank counted the notes twice."),
    SenseExample(sense: "money", sentence: "A large bank lost millions on bad investments."),
    SenseExample(sense: "money", sentence: "The bank refused to cash the cheque."),
    SenseExample(sense: "river", sentence: "We sat on the bank and watched the water flow."),
    SenseExample(sense: "river", sentence: "Willows grow along the bank of the stream."),
    SenseExample(sense: "river", sentence: "The boat was tied to a post on the bank."),
    SenseExample(sense: "river", sentence: "An otter climbed up the muddy bank and shook itself."),
    SenseExample(sense: "river", sentence: "The flood washed away the left bank of the river."),
    SenseExample(sense: "river", sentence: "He fished from the bank until it grew dark."),
    SenseExample(sense: "river", sentence: "Reeds hid the nests along the bank."),
    SenseExample(sense: "river", sentence: "They swam across and rested on the far bank."),
  ]
}
