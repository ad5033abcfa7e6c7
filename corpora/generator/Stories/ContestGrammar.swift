/// A contest at a festival, with points that add up and a winner who has the most.
enum ContestGrammar {
  static let text = """
    contest:
    - {Setting} {Trait} ¶ {ContestAnnounced} {ContestRival} {ContestBoast} ¶ {ContestPractice} {Encourage} ¶
      {Sky} {ContestDay} {ContestRoundOne} {ContestRoundTwo} {ContestRoundThree} ¶ {ContestTotal} {contestOutcome} ¶ {ContestAfter} {Ending}
    - {ContestAnnounced} {Setting} ¶ {ContestRival} {ContestBoast} {ContestPractice} ¶ {ContestDay} {Sky} ¶
      {ContestRoundOne} {ContestRoundTwo} {ContestRoundThree} ¶ {ContestTotal} {contestOutcome} {ContestAfter} {Ending}

    ContestAnnounced:
    - Every year in {festMonth}, on {festival}, the people of {home} {festCustom}, and they also hold a contest in {sport}.
    - A poster appeared at {landmark}: on {festival} there would be a contest in {sport}, and the prize was {prize:a}.
    - "Who wants to enter the contest in {sport}?" asked the town crier. "It will be held on {festival}, and whoever wins takes home {prize:a}."
    - The prize for the best in {sport} on {festival} was {prize:a} that year, and people talked of little else.

    ContestRival:
    - The favourite was {friend:name}, the {friendTrait} {friendTrade}, who had won {times:words} times in a row.
    - {friend:name}, a {friendTrait} {friendTrade}, was going to take part as well, and {friend:he} had never lost.
    - Only one other person dared to enter: {friend:name}, who was {hero:possessive} best friend and the strongest {friendTrade} in {region}.
    - There was one rival whom {hero} feared, and that was {friend:name}, the {friendTrade}.

    ContestBoast:
    - "You may come second," said {friend} [with a grin|kindly|and winked].
    - "I will win with one hand," said {friend}. "[We shall see|Then tie the other to your belt|You will need both]," answered {hero}.
    - {hero} said nothing at all, but {hero:he} wrote {hero:his} name on the list [in big letters|under that of {friend}|with a steady hand].
    - "Let us stay friends, whoever wins," said {hero}, and they shook hands on it.

    ContestPractice:
    - From then on {hero} practised every [morning before work|evening after supper|free minute], even when {hero:his} arms ached.
    - For {days:words} weeks {hero:he} trained {spotA}, where nobody but {findA} could watch {hero:him}.
    - {hero:he} found out that {sport} is not a matter of strength: {rule}, and the same is true here.
    - The first attempts were a disgrace, the next ones were bad, and by the end of {lastMonth} they were not bad at all.
    - An old {trade} gave {hero:him} a piece of advice: "Breathe out before you move, and don't look at the others."

    ContestDay:
    - At last the day came, and {crowd:words} people stood around the field.
    - On the day of the contest, the air smelled of {festFood}, and flags hung from {landmark}.
    - When {festival} came, everybody was on their feet: children, dogs and even the mayor's grandmother.

    ContestRoundOne:
    - In the first round {hero} scored {a1:words} points and {friend} {b1:words}.
    - {friend} began and was given {b1:words} points; {hero} followed and was given {a1:words}.
    - The first round ended with {a1:words} points for {hero} and {b1:words} for {friend}, and the crowd [clapped|murmured|cheered].

    ContestRoundTwo:
    - The second round brought {hero} {a2:words} points, while {friend} earned {b2:words}.
    - Then it was time for the second round: {a2:words} for {hero}, {b2:words} for {friend:name}, the judge called.
    - In the second round {friend:he} got {b2:words} points, and {hero:he} got {a2:words}, so that it stood {as2:words} to {bs2:words}.

    ContestRoundThree:
    - Everything depended on the third round; {hero} [closed {hero:his} eyes|spat on {hero:his} hands|counted to ten], and the judge gave {hero:him} {a3:words} points. {friend} got {b3:words}.
    - The last round was so quiet that one could hear the flags: {b3:words} points for {friend}, {a3:words} points for {hero}.
    - "Third and last round in {sport}!" called the judge. {hero} made {a3:words} points, and {friend} made {b3:words}.

    ContestTotal:
    - The judge added it up on a slate: {a1:words} and {a2:words} and {a3:words} made {as:words} for {hero}; {b1:words} and {b2:words} and {b3:words} made {bs:words} for {friend}.
    - All in all, {hero} had {as:words} points and {friend} had {bs:words}.
    - "{as:words} for {hero}, {bs:words} for {friend}," the judge read out when all three rounds had been counted.

    ContestWin:
    - That was {margin} more than {friend} had, and so {hero} had won. {friend} was the first to [hug {hero:him}|shake {hero:his} hand|throw a hat into the air].
    - {hero} had won by {margin}! {hero:he} could hardly lift {prize:the}, because {hero:his} hands were trembling.
    - With a lead of {margin}, the prize went to {hero}, who [blushed|bowed|forgot what {hero:he} had wanted to say].
    - So {prize:the} went to {hero}, by a lead of {margin}, and {friend} said that nobody had deserved it more.

    ContestLose:
    - {friend} had won by {margin}. {hero} swallowed once and then clapped louder than anyone.
    - It was {margin} too few for {hero}, and {prize:the} went to {friend}, who held it up for all to see.
    - {hero} had lost, but only by {margin}. "Next year," {hero:he} said. "Next year," {friend} agreed.
    - So {friend} kept the title by {margin}; {hero} found that losing hurt less than {hero:he} had feared.

    ContestDraw:
    - It was a draw! The judge scratched his head, and then he decided that the prize should be shared.
    - Neither had won and neither had lost, and the people of {home} talked about it for years.
    - "The same number of points!" cried the judge. {hero} and {friend} looked at each other and began to laugh.

    ContestAfter:
    - In the evening they sat side by side and ate {festFood}, and nobody could have told the winner from the loser.
    - {friend} asked {hero:him} how {hero:he} had become so good. "I practised {spotA}," said {hero}, "together with {findA}."
    - The two of them have trained together ever since, which has made both of them better.
    - "What counts," said the mayor, who liked to say such things, "is that {rule}."
    """

  static let sports = [
    "stone lifting", "log rolling", "wood chopping", "rope climbing", "cheese rolling",
    "kite flying", "egg balancing", "storytelling", "whistling", "barrel racing", "net throwing",
    "knot tying", "pole vaulting", "skipping stones", "boot throwing", "singing", "archery",
    "sack racing", "pancake tossing", "riddle solving", "ploughing", "raft building",
  ]

  static let prizes = [
    "fat goose", "barrel of cider", "silver cup", "new pair of boots", "wheel of cheese",
    "carved chair", "copper kettle", "young goat", "wool blanket", "ham", "brass trumpet",
    "crate of oranges", "painted clock", "feather bed", "set of spoons",
  ]
}
