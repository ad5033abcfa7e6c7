/// Two friends argue about which of two things is better, give reasons, and find a way out.
enum DialogueGrammar {
  static let text = """
    argument:
    - {ArgueSetting} {ArgueStart} ¶ {ArgueFor} ¶ {ArgueAgainst} ¶ {ArgueForMore} ¶ {ArgueAgainstMore} ¶ {ArgueHeat} {ArgueThird} ¶ {ArgueTest} {ArgueEnd}
    - {ArgueSetting} {Sky} ¶ {ArgueStart} ¶ {ArgueFor} ¶ {ArgueAgainst} ¶ {ArgueHeat} ¶ {ArgueForMore} ¶ {ArgueAgainstMore} ¶ {ArgueThird} {ArgueEnd}

    ArgueSetting:
    - {hero}, the {trade}, and {friend:name}, the {friendTrade}, sat in front of {inn} in {home} one {weekday} evening.
    - In {home} there are two friends, {hero} and {friend:name}, who agree about everything except {topic}.
    - At {landmark} in {home}, {hero} was waiting for the {market} market to open, and beside {hero:him} stood {friend}.
    - {hero} had come to the {friendTrade} {friend:name} in order to buy {friendProduct:a}, but it took much longer than planned.

    ArgueStart:
    - They began to talk about {topic}. "There is nothing better than {one}," said {hero}.
    - "If I could have only one of them," said {hero}, "I would take {one} and leave {other} to you."
    - "Which is better, {one} or {other}?" asked a child who was passing. That was the end of a quiet {weekday}.
    - "{one}!" said {hero}. "{other}!" said {friend}. The subject was {topic}, as so often.

    ArgueFor:
    - "Just think about it," said {hero}. "{oneReason}. Can you say that of {other}?"
    - "I have three reasons," said {hero}, "and here is the first: {oneReason}."
    - "Everyone in {region} knows that {oneReason}," {hero} declared and folded {hero:his} arms.
    - "As a {trade} I have learnt one thing," said {hero}, "and that is that {oneReason}."

    ArgueAgainst:
    - "That may be so," answered {friend}, "but {otherReason}."
    - {friend} shook {friend:his} head. "You forget something about {other}. {otherReason}."
    - "And what about this?" asked {friend}. "{otherReason}. Nobody [in {home}|in {region}|at the {market} market] can deny it."
    - "Spoken like a {trade}," said {friend}. "We {friendTrade:plural} see it differently, because {otherReason}."

    ArgueForMore:
    - "Besides," said {hero}, who was only getting warm, "{oneSecond}."
    - "And don't forget," {hero} went on, "that {oneSecond}. My [grandfather|aunt|old master], {trade:a} like me, always said so."
    - {hero} tapped the table with a finger. "{oneSecond}," {hero:he} said, one word at a time.

    ArgueAgainstMore:
    - "With {other}," said {friend}, "I at least know one thing: {otherSecond}."
    - {friend} drank a sip of water before {friend:he} replied. "{otherSecond}. What does {trade:a} say to that?"
    - "I would agree with you about {one}," said {friend}, "if it were not for the fact that {otherSecond}."

    ArgueHeat:
    - By now {crowd:words} people had gathered around them, and some had begun to take sides.
    - Their voices grew so loud that the [pigeons|sparrows|jackdaws] left [the roof of the inn|{landmark}|the trees along the {river}].
    - "You are as stubborn as [a mule|an ox|a rusty lock], {friend}!" cried {hero}. "And you are as {trait} as ever," said {friend}, and it did not sound like praise.
    - For a moment neither of them spoke, and one could hear the {river}.

    ArgueThird:
    - Then {child}, who was {small:words} years old, asked, "Why can't you like both {one} and {other}?"
    - An old [woman|lady|widow|dressmaker|basket seller] on the next [bench|chair|step], who had heard every word about {topic}, cleared her throat. "In my {age:words} years," she said, "I have been glad of {one} and glad of {other}."
    - The landlord put two plates of {dish} in front of them, and for a while they could not argue.

    ArgueTest:
    - "Let us try it," said {hero}. "You live with {one} for a week, and I with {other}." They shook hands on it[ in front of the {crowd:words} people|, and {child} was the witness|].
    - They agreed to write down every reason, and whoever had more reasons on {weekday} would pay for the {dish}. Each of them had {reasons:words}.
    - They tossed a coin, and it rolled into a crack in the floor, where it still lies.

    ArgueEnd:
    - "You know," said {friend} on the way home, "about {one} you are not completely wrong." "And you about {other}," {hero} admitted.
    - They never settled it, but they have met every {weekday} since then in order to try again.
    - In the end they agreed on one thing: a friend with a wrong opinion is better than no friend.
    - "Tomorrow at the same time?" asked {hero}. "Of course," said {friend}. "I have thought of [another reason|one more reason|three more reasons] for {other}."
    """

  /// A topic, its two sides, and two reasons for each.
  static let topics: [[String]] = Table.rows(7, table)

  private static let table = """
    the seasons | summer | winter | in summer the evenings are long enough for two suppers | the fruit of summer tastes of the sun | in winter one has time to read | nothing is as quiet as a snowy street
    breakfast | porridge | fresh bread | porridge keeps you warm until noon | you can eat porridge without teeth | fresh bread smells good even to those who can't buy any | one can carry bread in a pocket
    pets | cats | dogs | a cat needs no walk in the rain | a cat never pretends to like you | a dog is glad whenever you come home | a dog will look for you in the snow
    travelling | the river | the road | a boat carries your luggage and you as well | on the river nobody throws dust in your face | a road goes where you want and not where the water wants | you can stop on a road to talk
    music | the fiddle | the trumpet | a fiddle can weep and laugh in one tune | you can play the fiddle without waking the neighbours | one trumpet fills a whole valley | nobody falls asleep when a trumpet plays
    work | the early morning | the late evening | in the morning the head is clear and the light is good | whoever starts early is finished early | in the evening nobody knocks and asks for something | the best ideas come by lamplight
    houses | stone | wood | a stone house stands for three hundred years | stone does not burn | a wooden house is warm under the hand | wood can be carved, moved and mended
    living | the town | the country | in a town the doctor lives around the corner | a town has a library, a market and a theatre | in the country one can hear oneself think | milk tastes better when you know the cow
    money | saving | spending | whoever saves can laugh at a bad harvest | a coin in the box is worth two on the table | a coin that is not spent does nobody any good | bread that is saved goes mouldy
    learning | books | masters | a book explains it a second time without sighing | a book can teach you what nobody in town knows | a master sees the mistake before you make it | hands learn from hands
    tea and coffee | tea | coffee | tea calms the heart | a pot of tea is enough for a whole family | coffee opens the eyes | the smell of coffee gets me out of bed
    food | soup | cake | soup fills a cold stomach | into a soup one can put whatever is left | nobody has ever celebrated a wedding with soup | a cake looks as good as it tastes
    the sky | the sun | the moon | without the sun nothing would grow | the sun is never late | the moon lights the way when one needs it most | one can look at the moon without blinking
    games | chess | cards | in chess there is no luck to blame | a game of chess fits into a rainy afternoon | with cards even a beginner can win | four people can play cards, and chess leaves two of them bored
    footwear | boots | sandals | boots don't mind a puddle | in boots one can climb a mountain | sandals let the feet breathe | a pair of sandals is made in a morning
    friends | old friends | new friends | old friends know your faults and stay | with old friends one can be silent | new friends have not heard your stories yet | every old friend was a new one once
    gardens | flowers | vegetables | flowers feed the eyes and the bees | one does not have to cook flowers | vegetables feed the whole family | a good cabbage is a beautiful thing too
    light | candles | lamps | a candle makes every face look kind | a candle needs no oil | a lamp does not drip on the book | with a lamp one can walk against the wind
    """
}
