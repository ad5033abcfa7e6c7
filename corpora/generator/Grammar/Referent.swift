/// Something that a document speaks of: its words and the pronoun that stands for it.
struct Referent: ExpressibleByStringInterpolation {
  enum Gender {
    case she, he, it, they
  }

  let text: String
  let gender: Gender
  /// What stands beside the name at its first mention in a document: "a shy potter".
  var introduction: String?

  init(_ text: String, _ gender: Gender = .it) {
    self.text = text
    self.gender = gender
  }

  init(stringLiteral text: String) {
    self.init(text)
  }

  private var pronouns: (he: String, him: String, his: String, hers: String, himself: String) {
    switch gender {
    case .she: ("she", "her", "her", "hers", "herself")
    case .he: ("he", "him", "his", "his", "himself")
    case .it: ("it", "it", "its", "its own", "itself")
    case .they: ("they", "them", "their", "theirs", "themselves")
    }
  }

  private var number: Int {
    guard let number = Int(text) else { preconditionFailure("grammar: no number: \(text)") }
    return number
  }

  func inflected(_ form: Form) -> String {
    switch form {
    case .name: text
    case .he: pronouns.he
    case .him: pronouns.him
    case .his: pronouns.his
    case .hers: pronouns.hers
    case .himself: pronouns.himself
    case .possessive: text.hasSuffix("s") && gender == .they ? text + "'" : text + "'s"
    case .a: gender == .they ? "some " + text : "a " + text
    case .the: "the " + text
    case .plural: Morphology.plural(text)
    case .words: Numerals.words(number)
    case .ordinal: Numerals.ordinal(number)
    case .past: Morphology.past(text)
    case .done: Morphology.participle(text)
    case .ing: Morphology.gerund(text)
    case .does: Morphology.thirdPerson(text)
    case .er: Morphology.comparative(text)
    case .est: Morphology.superlative(text)
    case .ly: Morphology.adverb(text)
    }
  }

  /// The verb in the present tense, or `was` as the past of be, in the number of this referent.
  func agreeing(_ verb: String) -> String {
    switch verb {
    case "was": gender == .they ? "were" : "was"
    case "be": gender == .they ? "are" : "is"
    default: gender == .they ? verb : Morphology.thirdPerson(verb)
    }
  }
}

/// The forms that a slot may ask for; pronouns are named by the masculine.
enum Form: String {
  case name, he, him, his, hers, himself, possessive
  case a, the, plural
  case words, ordinal
  case past, done, ing, does
  case er, est, ly
}
