/// Fables: two animals with their real habits, a quarrel or a wager, and what comes of it.
enum FableGrammar {
  static let text = """
    fable:
    - {FableMeet} {FableBoast} {FableAnswer} ¶ {FableWager} {FableWise} ¶ {FableTry} {FableFail} {FableOther} ¶ {FableHelp} {FableLesson}
    - {FableOnce} {FableMeet} {FableBoast} ¶ {FableAnswer} {FableWager} {FableWise} {FableTry} ¶ {FableFail} {FableOther} {FableHelp} ¶ {FableLesson}

    FableOnce:
    - The animals of {region} still tell of a wager.
    - Long ago, when animals could still speak, a quarrel broke out in a {wild} in {region}.
    - The grandmothers of {home} tell this story to children who boast.
    - Not every {wild} is as peaceful as it looks on a {month} morning.

    FableMeet:
    - One [morning|evening] in {month}, {first:a} and {second:a} met [at a spring|under an old oak|beside the {river}|at the edge of a field].
    - There was once {first:a} who was {firstTrait}, and {second:a} who was {secondTrait}, and they were neighbours.
    - {first:a} and {second:a} wanted to share a winter store, though one lives {firstHome} and the other {secondHome}.
    - When a drought dried up the {river}, {first:a} and {second:a} had to drink from the same puddle.

    FableBoast:
    - "I can {firstHabit}," said the {first}. "Can {second:a} do that?"
    - The {first} was proud because it could {firstHabit}, and it looked down on the {second}.
    - "Nobody is as clever as I am," said the {first}. "I {firstHabit}, and I eat {firstFood} every day."
    - "What a poor life you lead," said the {first} to the {second}. "You can't even {firstHabit}."

    FableAnswer:
    - "That is true," answered the {second}, "but I can {secondHabit}."
    - The {second} thought for a while. "I was made to {secondHabit}," it said, "and I am content with that."
    - "Each of us has a gift," said the {second} mildly. "Mine is to {secondHabit}."
    - "And yet," said the {second}, "I would not change places with you, for I {secondHabit}."

    FableWager:
    - So they made a bet: each of them would live like the other from one {weekday} to the next.
    - They agreed to find out by {weekday} which of the two gifts was the greater.
    - "Let us change homes for a week," said the {first}. "I will live {secondHome}, and you will live {firstHome}."
    - The {first} laughed and said that it could learn in a day whatever the {second} could do.

    FableWise:
    - {third:a} which had heard every word shook its head.
    - "This will end badly," said {third:a}, the oldest creature in the {wild}.
    - {third:a} was listening. It had seen many quarrels in its life, and it said nothing, since it had learnt that nobody listens.

    FableTry:
    - The {first} tried to {secondHabit}, but it was not built for that.
    - For {days:words} days the {first} did its best to {secondHabit}, and everyone who watched had to laugh.
    - First the {first} sat down to a meal of {secondFood}, which made it ill; then it tried to {secondHabit}, which made it worse.
    - The {second}, for its part, attempted to {firstHabit}, and soon had to be pulled out of a [ditch|thorn bush|hole].

    FableFail:
    - On the {days:ordinal} day it was so hungry that it dreamt of {firstFood}.
    - {sky}, and the {first} longed for its own {firstShelter}.
    - "How do you bear it?" groaned the {first}. "You were not made for it," said the {second}.
    - Tired and hungry, the {first} crept back to its {firstShelter}.

    FableOther:
    - The {second} was no better off, because nobody lives well on {firstFood} who is used to {secondFood}.
    - Meanwhile the {second} had found out how hard it is to {firstHabit}.
    - "I was wrong as well," said the {second}. "I did not know how tiring it is to {firstHabit}."

    FableHelp:
    - Then [hunters|poachers|dogs] came into the {wild} [at night|one {weekday}|with torches]. The {first} warned the {second} in time, and the {second} hid the {first} in its {secondShelter}.
    - That winter, when {sky}, the {first} shared its {firstFood} with the {second}, and in spring the {second} repaid the debt.
    - After that they helped each other: the {first} did what it did best, and so did the {second}.
    - A flood came, and only together could they reach dry land.

    FableLesson:
    - "I could have told you at the beginning," said the {third}, "but then you would not have believed it."
    - [The moral|The lesson] of the tale is that nobody can {firstHabit} and {secondHabit} at once.
    - Whoever laughs at the gift of another has not yet looked for a use for it.
    - Since that time {first:plural} and {second:plural} leave each other in peace.
    - So it is with people, too: one can bake and another can sing, and the world needs bread as well as songs.
    - It is better to be a good {second} than a bad {first}, and that holds the other way round.
    """
}
