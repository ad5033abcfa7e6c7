/// Things vanish, clues are collected, and the culprit is an animal whose habits explain them.
enum MysteryGrammar {
  static let text = """
    mystery:
    - {Setting} {Trait} ¶ {Sky} {MysteryTheft} {MysteryTalk} ¶ {AskFriend} {MysterySuspect} {MysteryInnocent} ¶
      {MysteryClueOne} {MysteryClueTwo} {MysteryThink} ¶ {MysteryTrap} {MysteryNight} {MysteryCaught} ¶ {MysteryWhy} {MysteryEnd} {Ending}
    - {MysteryTheft} {Setting} {Sky} ¶ {MysteryTalk} {MysterySuspect} {MysteryInnocent} ¶ {MysteryClueOne} {Worry}
      {MysteryClueTwo} ¶ {AskFriend} {MysteryThink} {MysteryTrap} ¶ {MysteryNight} {MysteryCaught} {MysteryWhy} ¶ {MysteryEnd} {Ending}

    MysteryTheft:
    - That {month}, {loot} began to disappear from the houses of {home}, first {missing:words}, then {more:words}.
    - On {weekday} morning the [baker's wife|schoolmaster|innkeeper] found that {loot} had vanished from the [kitchen|yard|pantry].
    - For {days:words} nights in a row, {loot} disappeared in {home}, and no door had been forced.
    - Somebody in {home} was stealing {loot}, though nobody could say who needed so many of them.

    MysteryTalk:
    - "It is a ghost," said the old people of {home}. "It is a gang from {away}," said the young. The cat of the {workplace} said nothing.
    - People began to [lock their doors|count their spoons|look at each other sideways|hide their {loot}|speak in low voices], which nobody in {home} had [ever done before|done for {years:words} years].
    - At the inn they spoke of nothing but {loot}, and every guest had a different [theory|suspect|story].
    - The mayor offered a reward of {coins:words} silver coins, and after that everybody suspected everybody.

    MysterySuspect:
    - Suspicion fell on a [tinker|pedlar|travelling musician] who had put up a tent {spotA}.
    - Some pointed at the boy who slept {spotA}, since he had been seen with muddy knees.
    - Half of {home} believed that it was the new [teacher|lodger|stable hand], because nobody knew where he came from.
    - "It is always the newcomer," people said, and the newcomer was a silent man who worked {spotA}.

    MysteryInnocent:
    - But {hero} did not believe it. "A man who steals {loot} runs away," {hero:he} said, "and he is still here."
    - "Where were you on {weekday} night?" {hero} asked him. "{spotA}, with a bad tooth," he said, and the doctor confirmed it.
    - {hero} looked through his bundle and found a comb, a Bible and half a sausage, but no {loot}.
    - "Would anyone in his right mind steal {loot}?" asked {hero}. Nobody [had thought of that|at {landmark} had thought of that|knew what to answer].

    MysteryClueOne:
    - The first clue was {clueA}, and {hero} drew it in {hero:his} notebook.
    - Next to the place where the things had been, {hero} discovered {clueA}.
    - {hero:he} knelt down with a [magnifying glass|candle] and found {clueA}.

    MysteryClueTwo:
    - The second clue turned up {spotB}: {clueB}.
    - The next day there was something else: {clueB}, which no human being could have left behind.
    - {friend} came running from {landmark}. "Look at this, {hero}," {friend:he} said and showed {hero:him} {clueB}.

    MysteryThink:
    - "Who comes before sunrise, leaves {clueA} and wants {loot}?" {hero} asked. {friend} thought about it. "Not a tinker," {friend:he} said slowly[, "and not a ghost, either,"|, "and not a teacher,"|] and looked at {clueB} again.
    - {hero} put {clueA} and {clueB} side by side on the table, looked at them for an hour and began to smile.
    - "If a person had done it," {hero:he} said, "there would be footprints. There are none, and so it was no person."
    - {hero:he} made a list of everyone who could have done it, and then {hero:he} crossed out all who had two feet and a hat.

    MysteryTrap:
    - That evening {hero} laid {loot} on the [windowsill|wall|bench] and tied a tiny bell to them.
    - They decided to keep watch until sunrise, with a lantern under a cloth and a can of [coffee|tea].
    - {hero} strewed flour on the ground, so that the thief would leave a track.
    - They hid behind [a rain barrel|a heap of firewood|a hedge], and {friend} had to promise not to sneeze.

    MysteryNight:
    - For a long time nothing happened, and {friend} nodded off {times:words} times.
    - The clock struck {hour:words}; a twig cracked, and {friend} took hold of {hero:possessive} sleeve.
    - Hour after hour they waited while {sky}.
    - "Did you hear that?" whispered {friend}. Something was [scratching|rustling|tapping|creeping] [very softly|on the other side|close to the {loot}|in the dark].

    MysteryCaught:
    - {hero} pulled the cloth from the lantern, and there, caught in the light, stood {animal:a}!
    - Then they saw the thief: it was {animal:a}, and it was carrying its booty away without any sign of guilt.
    - The bell tinkled, the lantern flared up, and {animal:a} looked at them as if they were the ones to explain themselves.

    MysteryWhy:
    - They followed it to {animalShelter:a} {spotB}, and inside lay everything that {home} had missed.
    - It wanted the {loot} for its nest, where {animalYoung:plural} were already waiting.
    - "It is not stealing if nobody has told you that it is wrong," said {hero} and scratched {hero:his} head.
    - It had carried everything to its nest, piece by piece, and had arranged it very neatly.

    MysteryEnd:
    - The man {spotA} was asked to forgive the people of {home}, and he did so over a plate of {dish}.
    - {hero} gave back what could be given back and left the rest, since {animalYoung:plural} need a soft bed.
    - The reward was spent on [a feast|a new bench at {landmark}|books for the school], and the newcomer was the guest of honour.
    - The people of {home} were ashamed of what they had said, and each of them brought the newcomer {product:a} or a pie.
    """

  /// Animals that carry things off, with their loot and the two traces they leave.
  static let culprits: [[String]] = Table.rows(4, table)

  private static let table = """
    magpie | silver spoons | a black and white feather | a row of small scratches on the sill
    raven | brass buttons | a glossy black feather | a walnut that had been cracked open from above
    red squirrel | candle ends | a reddish hair on a splinter | a pine cone that was gnawed to the core
    fox | leather gloves | paw prints in a straight line | a tuft of rust-coloured hair
    beaver | broom handles | a heap of fresh wood chips | tooth marks as wide as a thumb
    dormouse | balls of wool | droppings as small as grains | a hazelnut with a neat round hole
    badger | doormats | claw marks in the soft soil | a broad five-toed print
    weasel | eggs | an eggshell with a tiny hole | a musky smell near the wall
    otter | smoked fish | a slide mark on the muddy bank | fish scales on a flat stone
    hedgehog | woollen slippers | a broken spine | a trail through the dewy grass
    """
}
