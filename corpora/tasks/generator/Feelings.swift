/// Sentences of what people thought of something, and whether they liked it.
struct Feelings {
  private static let people = [
    "The baker", "The old fisherman", "My sister", "The miller", "Her neighbour", "The teacher",
    "A traveller", "The young gardener", "The carpenter", "The innkeeper",
  ]
  private static let things = [
    "the soup", "the bread", "the song", "the story", "the journey", "the market", "the feast",
    "the new bridge", "the harvest", "the letter", "the winter", "the dance",
  ]
  private static let good = ["warm", "bright", "lovely", "rich", "gentle", "splendid", "sweet"]
  private static let bad = ["cold", "bitter", "dull", "poor", "dreadful", "sour", "bleak"]
  private static let goodEnds = [
    "and smiled all evening", "and asked for more", "and thanked everyone",
    "and sang on the way home",
  ]
  private static let badEnds = [
    "and left without a word", "and wished to be at home", "and would not come again",
    "and complained until night",
  ]

  /// A sentence and its label; a "not" turns what was said, and some sentences say it in one place only.
  static func draw(_ draws: inout Draws) -> (sentence: String, label: String) {
    let isGood = draws.below(2) == 0
    let person = draws.one(of: people)
    let thing = draws.one(of: things)
    let isTurned = draws.below(4) == 0
    let word = draws.one(of: isGood != isTurned ? good : bad)
    let verb = draws.one(of: ["found", "called", "thought"])
    let claim =
      isTurned
      ? "\(person) said that \(thing) was not \(word)" : "\(person) \(verb) \(thing) \(word)"
    let end = draws.below(2) == 0 ? " \(draws.one(of: isGood ? goodEnds : badEnds))" : ""
    return ("\(claim)\(end).", isGood ? "good" : "bad")
  }
}
