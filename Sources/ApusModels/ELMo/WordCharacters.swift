/// How words are spelt for ELMo: the bytes of UTF-8 between marks, and padding behind them.
///
/// The numbers are those of the published models, which pad every word to 50 characters. A greatest
/// value does not change when a window of padding alone comes again, so that a word is padded only
/// until each window has seen one.
public struct WordCharacters: Sendable, Hashable {
  /// Bytes are characters 0 to 255.
  private static let beginOfSentence: Int32 = 256
  private static let endOfSentence: Int32 = 257
  private static let beginOfWord: Int32 = 258
  private static let endOfWord: Int32 = 259
  private static let padding: Int32 = 260
  /// The number of characters.
  public static let count = 261

  /// The characters of a word, its marks among them; those behind are left out.
  public let length: Int
  /// The characters under the widest window.
  private let reach: Int

  public init(length: Int, widest reach: Int) {
    self.length = length
    self.reach = reach
  }

  /// Whether the widest window finds room in a word.
  var holdsWidestWindow: Bool { reach <= length }

  public func ids(of word: some Collection<UInt8>) -> [Int32] {
    spelt(word.prefix(length - 2).map(Int32.init))
  }

  /// What stands before the first word of a sentence.
  public var beginOfSentence: [Int32] { spelt([Self.beginOfSentence]) }
  /// What stands behind the last word of a sentence.
  public var endOfSentence: [Int32] { spelt([Self.endOfSentence]) }

  private func spelt(_ characters: [Int32]) -> [Int32] {
    let word = [Self.beginOfWord] + characters + [Self.endOfWord]
    let padded = min(length, word.count + reach)
    return word + repeatElement(Self.padding, count: padded - word.count)
  }
}
