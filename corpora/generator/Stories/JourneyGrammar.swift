/// A journey to see somebody in another town, with nights on the way and a welcome at the end.
enum JourneyGrammar {
  static let text = """
    journey:
    - {Setting} {Trait} ¶ {TravelReason} {TravelPack} {TravelRoute} ¶ {Sky} {TravelFirstDay} {TravelMeet} {travelTalk} ¶ {TravelNight}
      {TravelInn} ¶ {TravelTrouble} {TravelSolve} {Later} ¶ {TravelArrive} {TravelWelcome} {TravelGift} ¶ {TravelEnd}
    - {Setting} {TravelReason} ¶ {TravelRoute} {TravelPack} {Sky} ¶ {TravelFirstDay} {TravelTrouble} {TravelSolve} ¶ {TravelMeet}
      {travelTalk} ¶ {TravelNight} {TravelInn} ¶ {TravelArrive} {TravelWelcome} {TravelGift} {TravelEnd}

    TravelReason:
    - {hero:possessive} {kin} {friend:name}, a {friendTrade} in {away}, was going to [marry|turn {age:words}|open a shop], and {hero} had promised to be there.
    - A letter came from {away}: {friend}, {hero:possessive} {kin}, was ill and asked for {hero:him}.
    - For {years:words} years {hero} had not seen {friend:name}, the {kin} who lived in {away}, and one {weekday} {hero:he} decided that this was too long.
    - "Come and see me before the {otherSeason}," {friend} had written from {away}, "or I will forget what my own {sibling} looks like."

    TravelPack:
    - Into the bag went [a loaf|two loaves], {cheese}, a clean shirt, and {thing:a} as a present.
    - {hero:he} packed {thing:a}, {thingLook}, for {friend}, and hardly anything for {hero:himself}.
    - {hero:he} took {product:a} with {hero:him}, because nobody in {away} makes them as well as the {trade:plural} of {home}.
    - What does one take on a journey of {distance} kilometres? {hero:he} took a stick, a blanket, {cheese} and {thing:a} for {friend}.

    TravelRoute:
    - From {home} to {away} it is {distance} kilometres, and the way leads {direction}.
    - {away} lies {distance} kilometres {direction} of {home}, in {awayRegion}; {hero:he} reckoned with {walk}.
    - On the map it looked easy: {direction} to {away}, {distance} kilometres, no more than {walk} on foot.

    TravelFirstDay:
    - On the first day {hero:he} walked from sunrise until {hero:his} shadow was longer than a church tower.
    - {hero:he} had a light heart and a heavy bag, and after {shorter:words} kilometres it was the other way round.
    - Behind the last house of {home} {hero} began to sing, although {hero:he} knew only [one verse|two songs|the tune].
    - The road followed the {river} at first and then climbed between hedges and stone walls.

    TravelMeet:
    - Near a chapel {hero:he} caught up with [a pedlar|a juggler|a student|a widow with a parrot|a retired sailor], and they walked on together.
    - At a crossing sat an old [man|woman|soldier|monk] who asked every traveller on the way to {away} the same question.
    - A carriage stopped, and a lady with a large hat asked {hero:him} the way to {landmark}.
    - On a bridge {hero:he} met two brothers who were carrying a door and could not agree where to put it.

    travelTalk:
    - "{TravelSaying}," {hero:he} was told[.| at parting.]
    - "What do you do in {home}?" "I {task}," said {hero}, "and in the evenings I {task2}."
    - "Where are you going with {cheese} in your bag?" "To {away}, to see my {kin}," said {hero}.

    TravelSaying:
    - who walks slowly sees the snails
    - the road is longest where one is alone
    - never trust a bridge that is newer than the road
    - a wet coat dries, but a cold heart takes longer
    - in {awayRegion} they talk little and mean a lot
    - if you get lost, follow the water
    - whoever carries bread is welcome everywhere
    - you can tell a town by its dogs

    TravelNight:
    - When it grew dark, {hero:he} reached {inn}, an inn with [a crooked sign|a green door|more chimneys than windows].
    - {hero:he} spent the night at {inn}, where they served {dish}, and {hero:he} had two helpings.
    - At {inn} there was only one bed left, under the roof, and the mice had a wedding there.
    - The landlady of {inn} asked {coins:words} coins for bed and breakfast, and the breakfast was worth it.

    TravelInn:
    - In the dining room somebody was playing a fiddle, and {hero} fell asleep over {hero:his} plate.
    - {hero:he} dreamt of {hero:his} {workplace}, and in the dream everything there was made of {cheese}.
    - The other guests talked about {weatherNoun} and prices until midnight.
    - Before {hero:he} blew out the candle, {hero:he} looked at the {thing} and hoped that {friend} would like it.

    TravelTrouble:
    - The next morning {hero:he} found that [somebody had taken {hero:his} boots for|{hero:he} had taken somebody else's boots instead of] {hero:his} own, and it was still far to {away}.
    - Then {hero:he} came to a fork in the road, and the signpost to {away} lay in the [grass|ditch|mud|nettles].
    - A narrow bridge over [the {awayRiver}|a stream] had been swept away, and on the other side the road to {away} went on as if nothing had happened.
    - In a village a [fair|wedding|cattle market|goose market|parade] was being held, and the crowd was so thick that [nobody|not even a dog|no cart] could get through.
    - A thief had cut the strings of {hero:his} purse, and of {coins:words} coins not a single one was left.

    TravelSolve:
    - Luckily a {helper} came by and showed {hero:him} what to do.
    - {hero} thought of what {hero:he} always told others: {rule}. So {hero:he} took out {hero:his} {tool}, and with a little {virtue} {hero:he} found a way out.
    - {hero:he} helped a {helper} to {helpTask}, and in return {hero:he} was given what {hero:he} needed.
    - It cost {hero:him} half a day and a good deal of {virtue}, but it did not stop {hero:him}.

    TravelArrive:
    - On the evening of the last day the roofs of {away} appeared, and above them rose {awayMark}.
    - "Is this {away}?" {hero:he} asked a girl with a hoop. "It was {away} this morning," she said.
    - {hero:he} asked for the {friendTrade} called {friend:name}, and {crowd:words} people at once showed {hero:him} the way.

    TravelWelcome:
    - {friend} opened the door, looked, looked again and [burst into tears|laughed out loud|let the ladle fall].
    - "You have become thin," said {friend}. "You have become grey," said {hero}. Then they fell into each other's arms[, and the {thing} fell on the floor|, and a neighbour dried her eyes|].
    - {friend} was standing in the yard with {friend:his} sleeves rolled up, and for a moment neither of them could speak.
    - "I knew that you would come today," said {friend}, "because the cat has been sitting on the wall since noon."

    TravelGift:
    - {hero} unwrapped the {thing}. "Now you can {thingUse}," {hero:he} said, and {friend} turned it over and over in {friend:his} hands.
    - {friend} liked the {thing} so much that {friend:he} put it beside {friend:his} plate at supper.
    - They ate {dish} and talked until the {thing} on the table threw a long shadow in the light of the last candle.

    TravelEnd:
    - {hero} stayed for {days:words} weeks, and when {hero:he} left, they had already agreed on the next visit.
    - Back in {home}, {hero:he} hung {hero:his} stick on the wall, but {hero:he} did not put it away.
    - "Was it worth it, all that way?" people asked {hero:him} at home. {hero:he} did not need to think about the answer.
    - Since then a letter has gone from {home} to {away} every month, and one has come back.
    """

  /// Details that stay the same through one journey.
  static let lists = [
    "cheese": [
      "a piece of cheese", "half a sausage", "three apples", "a bag of nuts", "some smoked ham",
      "a jar of plum jam",
    ],
    "inn": [
      "the Golden Goose", "the Three Keys", "the Traveller's Rest", "the Sleeping Bear",
      "the Blue Anchor", "the Old Wheel", "the Merry Frog", "the Silver Plough",
    ],
    "helper": [
      "carter", "nun", "charcoal burner", "goose girl", "toll keeper", "travelling tinker",
    ],
    "helpTask": [
      "lift a cart out of the mud", "read a letter", "count a flock of geese", "mend a harness",
      "carry water for a sick cow", "find a runaway calf",
    ],
  ]
}
