/// Letters between people of two towns: news, a request, and an answer that meets it.
enum LetterGrammar {
  static let text = """
    letter:
    - {LetterDate} ¶ {LetterDear} ¶ {LetterThanks} {LetterWeather} {LetterWork} ¶ {LetterNews} {LetterMore} {LetterTown} ¶ {LetterRequest}
      {LetterReason} {LetterOffer} ¶ {LetterClose} ¶ {letterName}
    - {LetterDate} ¶ {LetterDear} ¶ {LetterThanks} {LetterWeather} {LetterWork} ¶ {LetterNews} {LetterRequest} {LetterReason} {LetterOffer} ¶
      {LetterClose} ¶ {letterName} ¶ {AnswerDear} ¶ {AnswerThanks} {AnswerNews} {AnswerRequest} {AnswerMore} ¶ {AnswerClose} ¶ {answerName}

    LetterDate:
    - {home}, the {day:ordinal} of {month}.
    - Written at {home} on the {day:ordinal} of {month}, late in the evening.
    - {home} on the {river}, {weekday}, the {day:ordinal} of {month}.

    LetterDear:
    - Dear {friend:name}!
    - My dear {friend:name}!
    - Dearest {kin}!
    - Dear {kin} {friend}!

    LetterThanks:
    - Thank you for your last letter, which took {days:words} days to get here because the carrier lost a wheel.
    - Your letter came on {weekday}, and I have read it {times:words} times already.
    - You ask how I am, and I am glad to say that I am well.
    - I should have written long ago, but you know how it is when one has to {task} from morning till night.
    - It is {months:words} months since we last saw each other, and I have much to tell.

    LetterWeather:
    - Here in {home} {sky}, and {ground}.
    - {month} is full of surprises here: yesterday {sky}, and {people}.
    - As I write this, I can hear the {river}, and the whole house is asleep.
    - You would laugh at our {month} weather. On {weekday} {sky}, and an hour later {weatherEnd}.

    LetterWork:
    - There is much to do in the {workplace}; this week alone I had to {task}, {task2} and deliver {ordered:words} {product:plural}.
    - My {tool} broke on {weekday}, so I had to borrow one, and a borrowed {tool} is like a borrowed shoe.
    - I have a new apprentice, {young:words} years old, who eats like a horse and asks whether one may {task} sitting down.
    - Work is going well, and I have sold {ordered:words} {product:plural} since {lastMonth}.

    LetterNews:
    - Have you heard the news in {away}? {gossip}.
    - You will not believe what happened here: {gossip}.
    - There is one piece of news that everybody in {home} talks about. {gossip}.

    LetterMore:
    - Otherwise life in {home} goes its way, except that {gossip2}.
    - And there is something else: {gossip2}.
    - As for the rest, {gossip2}.

    LetterTown:
    - On {festival} we {festCustomWe}, as every year, and I ate far too much {festFood}.
    - {landmark} has been painted, and half of the town thinks that it is the wrong colour.
    - The {market} market is bigger than it used to be, and you can even buy {product:plural} from {away} there.
    - From my window I see {landmark}, and when the light is right I think of how we used to play there.

    LetterRequest:
    - Now I have a favour to ask of you, {friend}. Could you send me {thing:a} [by the next carrier|before {nextMonth}|with the {awayMarket} coach]?
    - I also have a request: if you find {thing:a} at the {awayMarket} market of {away}, please buy it for me.
    - May I ask my favourite {kin} for something, {friend}? I need {thing:a}, and in {home} there is none to be had.

    LetterReason:
    - Mine was {thingLook}, as you may remember, but it fell into the {river}.
    - Without one I can't {thingUse}, and the neighbours are tired of lending me theirs.
    - It need not be new, as long as I can {thingUse} with it.

    LetterOffer:
    - In return I will send you {product:a}, the best that I have made this year.
    - I enclose {coins:words} coins; if it costs more, tell me, and if it costs less, buy yourself some {festFood}.
    - Tell me what I can do for you, and I will do it before the {otherSeason} comes.

    LetterClose:
    - Give my love to everyone who asks after me, and write soon.
    - The candle is nearly burnt down, and so I must stop. Stay well and dress warmly.
    - It is late, and tomorrow I have to {task} at dawn. I embrace you and everybody [in {away}|in your {friendWork}|who lives near {awayMark}].
    - Come and visit us in {home} [before|when] the {otherSeason} [is over|begins]! The {distance} kilometres are nothing for someone with your legs.

    letterName:
    - Your {hero}.
    - Yours, {hero}.
    - With love from your {sibling}, {hero}.

    AnswerDear:
    - Dear {hero}!
    - My dear {hero}!
    - {away}, {later:words} days later. Dear {hero}!

    AnswerThanks:
    - How glad I was when the postman brought your letter [on {awayMarket}|from {home}|to the {friendWork}]!
    - Your letter made me laugh so much that I had to read it aloud to the whole {friendWork}.
    - I answer at once, so that you can't say that {friendTrade:plural} are lazy.

    AnswerNews:
    - So it is true that {gossip}! I would have liked to be in {home} on that day.
    - Here in {away} nothing so exciting happens, although a cow did walk into the town hall on {weekday}.
    - I am busy as well, since a {friendTrade} has to {friendTask} in every kind of weather.

    AnswerRequest:
    - As for the {thing}, I found one on {awayMarket}; it is {thingLook}, and the price was {price:words} coins.
    - You asked for {thing:a}. I had two, and the better one, {thingLook}, is in this parcel.
    - The {thing} is on its way to you, wrapped in an old shirt so that nothing can happen to it.

    AnswerMore:
    - Now you can {thingUse} to your heart's content.
    - Please keep it away from the {river} this time.
    - If I may wish for something, then for {product:a}, since nobody here can make one as you do.

    AnswerClose:
    - I will come in {nextMonth}, if the roads allow it.
    - Write again before {nextMonth}, and don't {friendTask} too much. You know that {rule}.
    - Until we meet again in {nextMonth}, keep your feet dry and your {workplace} warm.

    answerName:
    - Your {friend}.
    - Your old {kin} {friend}.
    """

  /// News that anybody might write about, as full clauses.
  static let gossip = [
    "the schoolmaster has married the widow from the toll house",
    "a circus came through, and its camel ate the mayor's hat",
    "the old lime tree was struck by lightning and is still standing",
    "a stranger has bought the empty house by the bridge",
    "the baker's twins were born on two different days",
    "a whole barrel of cider rolled down the hill and into the church",
    "the postman has learnt to ride, but only straight ahead",
    "the town council has decided to build a theatre",
    "a comet could be seen for three nights above the roofs",
    "somebody has painted a moustache on the statue of the founder",
    "the doctor has prescribed singing to all his patients",
    "a travelling painter made a portrait of the innkeeper's pig",
    "the bridge will be closed until the new planks arrive",
    "two brothers who had not spoken for ten years met at a funeral and laughed",
    "a balloon landed in the cabbage field",
    "the school has a piano now, and nobody can play it",
    "a neighbour's goose has won a race against a dog",
    "they found old coins under the floor of the chapel",
    "the night watchman fell asleep, and a thief woke him so that he would not catch cold",
    "the landlady of the inn has taken up the drum",
    "the well was cleaned, and at the bottom lay eleven buckets",
    "the mayor's speech was eaten by a goat before he could read it",
    "a family of storks has settled on the town hall",
    "the fishermen caught a boot with a fish in it",
    "a dancing teacher has come to town, and everybody limps",
    "the miller has bought a machine that nobody understands",
  ]
}
