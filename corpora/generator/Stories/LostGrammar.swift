/// Something is lost, looked for in the wrong places and found in the right one.
enum LostGrammar {
  static let text = """
    lost:
    - {Setting} {Trait} {LostThing} ¶ {Sky} {LostGone} {LostGuess} {Worry} ¶ {LostFirst} {LostNothing}
      ¶ {AskFriend} {LostQuestion} {Encourage} ¶ {LostSecond} {LostTrail} ¶ {Later} {LostFound} {LostWhy}
      ¶ {Thanks} {Ending}
    - {Sky} {Setting} {LostThing} {LostGone} ¶ {LostGuess} {LostFirst} {LostNothing} ¶ {AskFriend}
      {LostQuestion} ¶ {LostSecond} {LostTrail} {LostFound} ¶ {LostWhy} {Later} {Ending}
    - {Setting} {LostThing} {Trait} ¶ {Sky} {LostGone} {Worry} ¶ {LostFirst} {LostNothing} {LostSecond}
      ¶ {AskFriend} {Encourage} {LostTrail} ¶ {LostFound} {LostWhy} {Thanks} {Ending}

    LostThing:
    - [Among {hero:his} belongings|In {hero:his} house] there was a {thing} that {hero:he} loved: it was {thingLook}, and {hero:he} used it to {thingUse}.
    - {hero:he} owned a {thing}, {thingLook}, which {hero:he} kept {kept}.
    - {hero:his} [greatest|dearest] treasure was a {thing} made of {thingMaterial}; without it {hero:he} could not {thingUse}.
    - A {thing} had come to {hero:him} from {hero:his} [great-grandmother|great-uncle|old teacher|first master], and it always stayed {kept}.
    - Nobody was allowed to touch the {thing} that {hero:he} kept {kept}, for {hero:he} needed it to {thingUse}.
    - What {hero:he} would have saved from a fire was a {thing}, {thingLook}, made of {thingMaterial}.

    LostGone:
    - When {hero} wanted to {thingUse}, the {thing} was [gone|missing|nowhere to be seen].
    - {hero:he} reached for the {thing}, but the place {kept} was empty.
    - The {thing} was not {kept}, where it [belonged|had always been], and {hero:he} could not {thingUse} without it.
    - "My {thing}!" cried {hero}. "[It is gone|It has disappeared|Somebody has taken it]!"
    - {hero:he} looked {kept} once, twice and a third time, but no {thing} was there.
    - It was then that {hero:he} [noticed|discovered|saw] that the {thing} had [vanished|disappeared].

    LostGuess:
    - {hero:he} tried to remember when {hero:he} had last held it: was it on {weekday}, or was it the day before?
    - Had a thief been in the house? No window was broken, and the {tool}, which was worth [twice|three times|ten times] as much, was still there.
    - {hero:he} had used it to {thingUse} [only two days before|on {weekday}|the evening before], so it could not be far.
    - "I had it when I went out to {task}," {hero:he} said to [{hero:himself}|the cat|the wall].
    - A {thing} does not [grow legs|walk away|fly away], {hero:he} told {hero:himself}, so somebody must have moved it.

    LostFirst:
    - {hero:he} began to search {spotA}, where it smelled of {smellA}, but all that {hero:he} found there was {findA}.
    - [The first place that came to mind|{hero:his} first thought] was to look {spotA}; there {hero:he} came upon {findA} and nothing else.
    - {spotA} {hero:he} found {findA}, which was [interesting|surprising|amusing], but it was not a {thing}.
    - {hero:he} [crawled about|searched|poked around with a stick] {spotA} until {hero:his} [knees ached|clothes smelled of {smellA}|hands were black], and {hero:he} turned up {findA}.

    LostNothing:
    - "That is not what I am looking for," {hero:he} [muttered|sighed|grumbled], and {hero:he} went [home|back] with empty hands.
    - [Disappointed|Tired and dusty], {hero:he} sat down and counted the places that were left.
    - There was no {thing}, however often {hero:he} [looked|turned things over].
    - The [sexton|postman|baker's boy|innkeeper], who was passing, had not seen a {thing} either.

    LostQuestion:
    - "Where were you before you [noticed it|missed it]?" {friend:he} asked. "{spotB}," {hero} answered. "I wanted to {task2} there."
    - "What did you do on the day when you last used it?" asked {friend}. {hero} thought. "I meant to {thingUse}. Then somebody called me to help {spotB}."
    - "Is it {thingLook}?" asked {friend}. "Then I believe that I saw it {spotB}, though I was not wearing my glasses."
    - "How does it look?" {friend:he} asked. "It is {thingLook}," said {hero}, "and made of {thingMaterial}."
    - "Did you lend it to anyone?" asked {friend}. "No," said {hero}. "I would sooner lend my [nose|ears|left foot]."

    LostSecond:
    - So they went to look {spotB}, where they discovered {findB}.
    - Together they searched {spotB}; {friend} held the lamp, and {hero} looked behind everything that smelled of {smellB}.
    - {spotB} they met [an old neighbour|two children|the town crier], who showed them {findB} and shrugged.
    - {friend} had the idea of looking {spotB}, but they only found {findB}.

    LostTrail:
    - Then {friend} [bent down|stopped|held up a hand]: in the [dust|mud|soft ground] there was a footprint, and it was {hero:his} own.
    - "Wait," said {friend}. "[You always hum when you put things down|You always put things down when you sneeze]. Where did you last [hum|sneeze]?"
    - All at once {hero} struck {hero:his} forehead. "I remember!" {hero:he} cried. "I carried it with me when I went to help {spotC}!"
    - A child tugged at {hero:his} sleeve. "I saw something {thingLook} {spotC} this morning," said the child.
    - On the way back, a [magpie|jackdaw|thin grey cat] crossed their path, and when they followed it with their eyes they looked straight at the place that they had forgotten.

    LostFound:
    - And {spotC}, right beside {findC}, lay the {thing}.
    - They found it {spotC}, half hidden by {findC}: the {thing}, as {thingLook} as ever.
    - The {thing} was {spotC}, where nobody had thought of looking, and it smelled faintly of {smellC}.
    - {spotC} something [gleamed|peeped out|caught the light]. It was the {thing}, and not even a scratch was to be seen.

    LostWhy:
    - {hero:he} had put it down there on {weekday}, when {hero:he} needed both hands to [hold a ladder|carry a pail|catch a runaway pig|lift a child], and {hero:he} had forgotten it.
    - It must have slipped through the hole in {hero:his} [pocket|bag|sleeve] that {hero:he} had meant to mend since {month}.
    - Nobody had stolen it; {hero} {hero:himself} had left it there while {hero:he} was thinking about how to {task}.
    - {friend} laughed, since {friend:he} had walked past it {times:words} times that week without seeing it.
    - The explanation was simple: a person who thinks only of how to {task} does not think of where {hero:his} {thing} is.
    """
}
