/// A year with a garden: sowing, trouble, care, and a harvest that is shared out in right numbers.
enum HarvestGrammar {
  static let text = """
    harvest:
    - {Setting} {Trait} ¶ {HarvestPlan} {HarvestSow} {HarvestWait} ¶ {HarvestGrow} {HarvestPest} {HarvestCure} {AskFriend} {HarvestAdvice} ¶
      {HarvestSummer} {HarvestPick} {HarvestShare} ¶ {HarvestFeast} {HarvestEnd}
    - {Setting} {HarvestPlan} {HarvestSow} ¶ {Trait} {HarvestWait} {HarvestGrow} ¶ {HarvestPest} {HarvestCure} {HarvestSummer} ¶
      {HarvestPick} {HarvestShare} {HarvestFeast} ¶ {HarvestEnd} {Ending}

    HarvestPlan:
    - Behind the {workplace} lay a piece of stony ground, and {hero} had made up {hero:his} mind to grow {crop} there.
    - "This year I shall grow {crop}," said {hero} in February, when the ground was still frozen.
    - Nobody had ever grown {crop} in that part of {home}, and that was exactly why {hero} wanted to try it.
    - {hero} inherited a small garden and a tin box, and in the box were seeds with a label: {crop}.

    HarvestSow:
    - In {sowMonth} {hero:he} dug the soil, took out {stones:words} stones and sowed {rows:words} rows with {perRow:words} plants in each.
    - {hero:he} planted {rows:words} rows of {perRow:words}, which made {plants:words} plants in all, and {hero:he} gave each of them a good wish.
    - On a mild day in {sowMonth}, {hero:he} pressed the seeds into the earth with {hero:his} thumb, {perRow:words} to a row and {rows:words} rows.

    HarvestWait:
    - For {days:words} days nothing happened, and {hero:he} went out to look three times a day.
    - "You can't pull them up by their leaves," said {friend}, who saw {hero:him} kneeling there again.
    - {hero:he} watered in the evening, chased away the hens in the morning, and in between {hero:he} waited.

    HarvestGrow:
    - Then, one morning in {growMonth}, a green line stood where nothing had been the day before.
    - At last the first leaves came up, as small as the ear of a mouse.
    - After a warm night in {growMonth} the whole bed had turned green, and {hero} called {friend:name} to come and see.

    HarvestPest:
    - But {hero:he} was not the only one who liked {crop}: {pests} came in the night and ate {eaten:words} plants.
    - Joy turned to worry when {pests} discovered the garden; {eaten:words} plants were gone by {weekday}.
    - Of {plants:words} plants only {alive:words} were left after {pests} had visited the garden {times:words} times.

    HarvestCure:
    - {hero:he} could have put out poison, but {hero:he} [scattered sawdust and ashes|built a little fence|hung up bells and strips of tin] instead, and it helped.
    - {friend} brought {animal:a} in a basket. "It eats {pests}," {friend:he} said, "and [it works at night without wages|it has been hungry since {weekday}|I have borrowed it from the {friendWork}]."
    - Evening after evening {hero:he} collected {pests} by lantern light and carried them across the {river}.

    HarvestAdvice:
    - "Feed the soil with {manure}," {friend:he} advised, "and talk to the plants. The talking is for you and not for them."
    - "My grandmother put {manure} between the rows," {friend:he} said. "Her {crop} won prizes."
    - "Wait until {midMonth}," said {friend}. That was all, and it was good advice.

    HarvestSummer:
    - The summer was dry, and every evening {hero:he} carried {pails:words} pails of water up from the {river}.
    - In {midMonth} it rained at night and shone by day, as if somebody had ordered the weather.
    - A storm in {midMonth} bent everything to the ground, and {hero:he} tied up each plant with {string}.

    HarvestPick:
    - In {pickMonth} it was time: {hero:he} filled {baskets:words} baskets with {each:words} pounds of {crop} in each, {pounds:words} pounds altogether.
    - The harvest in {pickMonth} came to {pounds:words} pounds, for there were {baskets:words} baskets and each of them held {each:words} pounds.
    - {hero:he} had hoped for one basket of {crop}, and now there were {baskets:words}; as each weighed {each:words} pounds, that made {pounds:words}.

    HarvestShare:
    - {hero:he} kept {kept:words} pounds for {hero:himself}, gave {friend} {given:words} and sold the other {sold:words} at the market.
    - {given:words} pounds went to {friend}, {sold:words} to the market on {market}, and the last {kept:words} stayed at home.
    - Of the {pounds:words} pounds, {hero:he} sold {sold:words} and gave away {given:words}, so {kept:words} were left for the winter.

    HarvestFeast:
    - From the best of the {crop} {friend} cooked a supper to which the whole street was invited.
    - They ate {crop} boiled, {crop} fried, {crop} in soup and, because somebody insisted, {crop} with honey.
    - On {festival} {hero:he} carried a dish of {crop} to {landmark}, and it was empty before {hero:he} could put it down.

    HarvestEnd:
    - The finest seeds went back into the tin box, and on the label {hero} wrote the year.
    - "What will you grow next year?" asked {friend}. "[The same|More of them|Something that {pests} don't like]," said {hero}.
    - In winter, when {hero:he} opened a jar and smelled {midMonth}, {hero:he} knew what the work had been for.
    - The stony ground is a garden now, and {pests} have moved to the garden of the mayor.
    """

  /// Crops with the months of sowing, sprouting, growing and picking.
  static let crops: [[String]] = Table.rows(5, cropTable)

  private static let cropTable = """
    beans | May | June | July | September
    carrots | April | May | June | August
    pumpkins | May | June | August | October
    cabbages | March | April | June | September
    onions | March | April | June | August
    peas | March | April | May | July
    beetroots | April | May | July | September
    turnips | June | July | August | October
    potatoes | April | May | July | September
    leeks | March | April | July | November
    radishes | March | April | April | May
    strawberries | March | April | May | June
    cucumbers | May | June | July | August
    parsnips | March | April | July | November
    """
}
