/// A learner comes to a master, makes mistakes, and understands the rule of the trade.
enum ApprenticeGrammar {
  static let text = """
    apprentice:
    - {Setting} {Trait} ¶ {Sky} {LearnArrive} {LearnAsk} ¶ {LearnFirst} {LearnMistake} {LearnRule} ¶ {LearnSecond} {LearnSlow}
      {LearnAlone} ¶ {LearnTest} {LearnVerdict} ¶ {LearnYears}
    - {Sky} {Setting} {LearnArrive} ¶ {LearnAsk} {Trait} {LearnFirst} ¶ {LearnMistake} {LearnRule} ¶ {LearnSecond} {LearnSlow} ¶
      {LearnAlone} {LearnTest} {LearnVerdict} {LearnYears}

    LearnArrive:
    - One day a {friendTrait} young person called {friend:name} stood at the door of the {workplace}, {young:words} years old and with a bundle under one arm.
    - In {month}, {friend} came to {home} on a hay cart to become {hero:possessive} apprentice.
    - {hero} needed help, so {hero:he} put up a sign, and on the {weekday} after that {friend} knocked, {young:words} years old and very {friendTrait}.
    - {friend} had walked all the way from {away}, {distance} kilometres, to learn how to {task} from {hero}.

    LearnAsk:
    - "What can you do?" asked {hero}. "[Nothing yet|Very little|I can sweep]," said {friend}, "but I want to learn to {task}."
    - "Why do you want to be a {trade}?" {hero} asked. "Because everybody needs {product:a}," said {friend}.
    - "Show me your hands," said {hero}. {friend} held them out. "Good hands for {trade:a}," said {hero}. "They are not afraid of {material}."
    - "The first year is hard," {hero} warned, "the second is harder, and after that you won't want to do anything else."

    LearnFirst:
    - For the first {days:words} weeks {friend} did nothing but sweep the {workplace} and carry {material}.
    - On the first day, {friend} learnt the names of all the tools, from the {tool} to the smallest nail.
    - "Watch me," said {hero}, and {friend} watched for a whole morning without touching anything.
    - {friend:his} first task was to {task}, which looks easier than it is.

    LearnMistake:
    - When {friend} was allowed to {task} alone, everything went wrong: {friend:he} was too fast, and the {material} was spoilt.
    - Then {friend} broke the {tool}. It was an accident, but {friend:he} turned as white as [chalk|flour|a sheet|snow] when {hero} [came in|looked at it|saw it].
    - {friend:his} first {product} was so crooked that {hero} used it to [prop up a table|keep the door open|frighten the crows].
    - One {weekday} {friend} fell asleep at work, and when {friend:he} woke, half a day's work was ruined.

    LearnRule:
    - {hero} did not shout. "{rule}," {hero:he} said. "Say it after me, {friend}." And {friend} said it.
    - "Do you know why that happened?" asked {hero}. {friend} nodded. "Because I forgot that {rule}."
    - "I made the same mistake when I was {young:words}," {hero} admitted. "My master only told me that {rule}."
    - That evening {friend} wrote on the wall above {friend:his} bed: "{rule}."

    LearnSecond:
    - In the second {otherSeason}, {hero} taught {friend:him} to {task2}.
    - After that {friend} learnt to {task2}, and this time {friend:he} [took {friend:his} time|asked before {friend:he} began|did not spoil anything].
    - "Now you may {task2}," said {hero} one morning, as if it were nothing special, and {friend} dropped {friend:his} breakfast.
    - To {task2} takes strength, to {task} takes skill, and to know when to stop takes both, {friend} discovered.

    LearnSlow:
    - [Slowly|Little by little|Day by day], {friend:his} hands understood what {friend:his} head had known for a long time.
    - {friend:he} did it {times:words} times badly, {times:words} times fairly well, and then once really well.
    - {hero} never praised {friend:him}, but {hero:he} stopped checking the work, and that was praise enough.
    - They did not talk much while they worked, and still they [understood each other|became friends|knew what the other was thinking].

    LearnAlone:
    - Then {hero} fell ill, and {friend} had to run the {workplace} alone for {days:words} weeks.
    - One day {hero} had to travel to {away}, and the key to the {workplace} hung on {friend:possessive} belt.
    - When a customer ordered {ordered:words} {product:plural} for the fair on {festival}, {hero} said, "{friend} will make them."
    - {hero} had hurt {hero:his} wrist; for the first time, {friend} had to make everything without help.

    LearnTest:
    - After {years:words} years it was time for the masterpiece: {product:a}, made without help from beginning to end.
    - The guild of {home} demanded {product:a} that even an old {trade} could not find fault with.
    - "Make {product:a} that is better than mine," said {hero}. It took {friend:him} {days:words} weeks.

    LearnVerdict:
    - {hero} turned it over {times:words} times, held it to the light and put it down. "I have nothing to teach you any more[, {friend}|, and that makes me glad|]," {hero:he} said[, and {hero:his} voice was hoarse| and hung up {hero:his} {tool}|].
    - The judges looked for a mistake and found only one, which {hero} {hero:himself} had made in {hero:his} own masterpiece.
    - "Who taught you to {task} like that?" asked the judges. {friend} pointed at {hero}, who was suddenly busy with a handkerchief.

    LearnYears:
    - Today {friend} has a {workplace} in {away} and an apprentice who sweeps the floor.
    - Two names stand over the door now, that of {hero} and that of {friend}, and below them it says: "{rule}."
    - When {hero} grew too old to {task}, {hero:he} sat by the stove, while {friend} worked and asked for {hero:his} advice even when it was not needed.
    - Years later {friend} heard {friend:himself} say to a {young:words}-year-old beginner that {rule}, and {friend:he} had to laugh.
    """
}
