/// Pairs of sentences, and whether they say the same.
struct Meanings {
  private static let people = [
    "the potter", "the weaver", "the shepherd", "the smith", "the sailor", "the doctor",
    "the farmer", "the painter",
  ]
  /// What is done, as one does it and as it is done.
  private static let actions: [(active: String, passive: String)] = [
    ("mended", "mended"), ("sold", "sold"), ("stole", "stolen"), ("carried", "carried"),
    ("painted", "painted"), ("hid", "hidden"), ("bought", "bought"),
  ]
  private static let things = [
    "the boat", "the jug", "the lamp", "the basket", "the gate", "the bell", "the cart",
  ]
  private static let times = ["in spring", "at dawn", "before the storm", "on market day"]

  /// Two sentences; in half of the pairs the second says the first in other words, and in the others
  /// who, what or when differs.
  static func draw(_ draws: inout Draws) -> (first: String, second: String, isSame: Bool) {
    let person = draws.one(of: people)
    let action = draws.one(of: actions)
    let thing = draws.one(of: things)
    let time = draws.one(of: times)
    let isSame = draws.below(2) == 0
    var (otherPerson, otherThing, otherTime) = (person, thing, time)
    if !isSame {
      switch draws.below(3) {
      case 0: otherPerson = draws.one(of: people.filter { $0 != person })
      case 1: otherThing = draws.one(of: things.filter { $0 != thing })
      default: otherTime = draws.one(of: times.filter { $0 != time })
      }
    }
    let first = "\(person) \(action.active) \(thing) \(time)."
    let second =
      draws.below(2) == 0
      ? "\(otherThing) was \(action.passive) by \(otherPerson) \(otherTime)."
      : "\(otherTime), \(otherPerson) \(action.active) \(otherThing)."
    return (capitalized(first), capitalized(second), isSame)
  }

  private static func capitalized(_ sentence: String) -> String {
    sentence.prefix(1).uppercased() + sentence.dropFirst()
  }
}
