/// A kind of document: the rule that it starts from and how its scene is cast.
struct Document: Sendable {
  let rule: String
  /// How often this kind is chosen, against the others.
  let weight: Int
  let cast: @Sendable (inout Random) -> Scene

  static let all = stories + articles

  static let grammar = Grammar([
    EverydayGrammar.text, LostGrammar.text, RepairGrammar.text, ContestGrammar.text,
    AnimalGrammar.text, MysteryGrammar.text, BargainGrammar.text, ApprenticeGrammar.text,
    JourneyGrammar.text, FableGrammar.text, StormGrammar.text, HarvestGrammar.text,
    DialogueGrammar.text, LetterGrammar.text, NatureGrammar.text, CountryGrammar.text,
    CraftGrammar.text, NumberGrammar.text, KnowledgeGrammar.text,
  ])

  /// The kinds repeated by their weights, to be picked from evenly.
  static let ballot: [Document] = all.flatMap { Array(repeating: $0, count: $0.weight) }
}
