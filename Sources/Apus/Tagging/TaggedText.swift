import ApusText

/// A text with what a tagger found in it.
///
/// Places are counted in Unicode scalars, which is what most languages call characters.
public struct TaggedText: Sendable, Hashable {
  public struct Word: Sendable, Hashable {
    public var text: String
    public var characters: Range<Int>
    public var tag: String
  }

  /// One or more words that belong together.
  public struct Entity: Sendable, Hashable {
    public var type: String
    /// As it stands in the text, with what is between its words.
    public var text: String
    public var characters: Range<Int>
  }

  public var words: [Word] = []
  /// Empty for taggers whose tags stand for themselves.
  public var entities: [Entity] = []

  init(
    _ text: String, _ sentences: [[WordSplitter.Word]], _ tags: ArraySlice<[String]>,
    hasEntities: Bool
  ) {
    let scalars = Array(text.unicodeScalars)
    for (sentence, tags) in zip(sentences, tags) {
      words += zip(sentence, tags).map {
        Word(text: $0.text, characters: $0.characters, tag: $1)
      }
      for entity in hasEntities ? ApusText.Entity.all(in: tags) : [] {
        let first = sentence[entity.words.lowerBound].characters.lowerBound
        let range = first..<sentence[entity.words.upperBound - 1].characters.upperBound
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        entities.append(Entity(type: entity.type, text: String(view), characters: range))
      }
    }
  }
}
