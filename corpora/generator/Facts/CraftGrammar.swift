/// Articles on trades, materials and things, and instructions for dishes.
enum CraftGrammar {
  static let text = """
    tradeArticle:
    - {CraftWhat} {CraftWork} {CraftTool} ¶ {CraftMaterial} {CraftRule} {CraftTown} ¶ {CraftLearn} {CraftDay} {CraftPrice}
    - {CraftTown} {CraftWhat} ¶ {CraftWork} {CraftDay} {CraftTool} ¶ {CraftRule} {CraftLearn} {CraftMaterial}

    CraftWhat:
    - {trade:a} works in a {workplace}.
    - What does {trade:a} do? {trade:a} has to {task}, {task2} and {task3}.
    - The work of {trade:a} is old, and people in Halvenia respect it.
    - Whoever wants to see {trade:a} at work should visit a {workplace}.
    - Without {trade:plural} nobody would have {product:a}.

    CraftWork:
    - In the morning {trade:a} may {task}, and in the afternoon there is time to {task2}.
    - {trade:plural} {task}, {task2} and {task3}.
    - To {task} is the first thing that one learns; to {task2} comes later.
    - It takes years before one can {task} and {task2} without thinking about it.

    CraftTool:
    - The most important tool is the {tool}.
    - {trade:a} without a {tool} is like a bird without wings.
    - A good {tool} lasts for {years:words} years if it is cleaned every evening.
    - You recognise {trade:a} by the {tool}.

    CraftMaterial:
    - The {trade} works with {material}, and {product:a} is what comes of it.
    - Good {material} is half of the work.
    - From {material} comes, after much labour, {product:a}.
    - For {ordered:words} {product:plural} one needs a great deal of {material}.

    CraftRule:
    - The oldest rule of the trade says that {rule}.
    - "{rule}," every master tells the apprentices on the first day.
    - Why do so many young {trade:plural} fail? Most of them forget that {rule}.
    - In many a {workplace} a board hangs on the wall with the words: "{rule}."

    CraftTown:
    - The best {trade:plural} of the country live in {home}, in {region}.
    - {home} is the town of the {trade:plural}; on {market}, its market day, one can see their wares.
    - In {home}, which lies on the {river}, there are more {trade:plural} than bakers.

    CraftLearn:
    - An apprentice has to learn for {years:words} years, and the last test is {product:a}.
    - {hero} of {home} became {trade:a} at the age of {young:words} and was a master at {master:words}.
    - Those who are {trait} learn it faster, for the trade needs {virtue}.
    - The guild accepts {small:words} apprentices a year and no more.

    CraftDay:
    - {ordered:words} {product:plural} a week are a good result.
    - In {month} there is less to do, and the tools are mended.
    - The day begins at {early:words} o'clock and ends when the light goes.

    CraftPrice:
    - At the market {product:a} costs about {price:words} coins, so {small:words} of them cost {total:words}.
    - Who pays {price:words} coins for {product:a} pays mostly for the time, since the {material} is worth only {part:words}.

    materialArticle:
    - {StuffWhat} {StuffQuality} {StuffUse} ¶ {StuffWeak} {StuffCompare} {StuffWeight} ¶ {StuffAsk}
    - {StuffWhat} {StuffUse} ¶ {StuffQuality} {StuffCompare} {StuffWeak} ¶ {StuffAsk} {StuffWeight}

    StuffWhat:
    - {stuff} {stuffSource}.
    - Where does {stuff} come from? It {stuffSource}.
    - As every {trade} knows, {stuff} {stuffSource}.
    - We use {stuff} every day, but few people think about the fact that it {stuffSource}.

    StuffQuality:
    - It is {qualityA}, and it is also {qualityB}.
    - {stuff} is {qualityA}, {qualityB} and {qualityC}.
    - People value it because it is {qualityA}; besides, it is {qualityC}.
    - Is {stuff} {qualityB}? It is, and it is {qualityC} as well.

    StuffUse:
    - It is used for {useA}, {useB} and {useC}.
    - From {stuff} people make {useA} and {useB}.
    - In {home} it is used mostly for {useB}, and sometimes for {useC}.
    - {useA} and {useC} are often made of {stuff}.

    StuffWeak:
    - Its weakness is that it {weakness}.
    - One has to remember that {stuff} {weakness}.
    - However, it {weakness}, and for this reason it needs care.
    - "{stuff} {weakness}," the {trade:plural} of {home} warn their apprentices.

    StuffCompare:
    - {stuff} is {harder} than {otherStuff}.
    - Compared with {otherStuff}, {stuff} is the {harder} material.
    - If you rub {stuff} against {otherStuff}, you will see that {hardStuff} leaves the scratches.
    - While {stuff} {weakness}, {otherStuff} {otherWeakness}.

    StuffWeight:
    - A piece of {stuff} weighs {heavier} than a piece of {otherStuff} of the same size.
    - {hardStuff} is the harder of the two, and {heavyStuff} is the heavier.
    - {otherStuff}, by the way, {otherSource}.
    - Whoever has to carry both will notice that {heavyStuff} is heavier than {lightStuff}.

    StuffAsk:
    - "Why don't you make {otherUse} of {stuff}?" asked an apprentice in {home}. "Because it {weakness}," said the {trade}.
    - "What would you take for {useA}?" the master asked. "{stuff}," said the apprentice, "because it is {qualityA}."
    - "Is it true that {stuff} {weakness}?" asked {hero}. "It is," said {friend}, "and that is why I keep an eye on it."

    recipe:
    - {DishTitle} {DishFrom} ¶ {DishNeed} {DishTime} ¶ {dishSteps} ¶ {DishSecret} {DishServe}
    - {DishFrom} {DishTitle} {DishTime} ¶ {DishNeed} ¶ {dishSteps} ¶ {DishServe} {DishSecret}

    DishTitle:
    - How does one make {dishName}?
    - Here is how {hero}, {trade:a} from {home}, makes {dishName} for {eaters:words} people.
    - This is the recipe for {dishName} that {hero} learnt from {hero:his} {grand}.
    - {dishName} for {eaters:words} people {dishName/be} not difficult if one follows the steps.
    - When {friend} comes to {home}, {hero} always makes {dishName}.

    DishFrom:
    - {dishName} {dishName/be} {dishKind:a} from {dishRegion}.
    - In {dishRegion}, {dishName} {dishName/be} eaten at every celebration.
    - Nobody in {dishRegion} would let a {season} pass without {dishName}.

    DishNeed:
    - For {eaters:words} people you need {amounts}.
    - Take {amounts}; that is enough for {eaters:words} people.
    - The following is needed for {eaters:words} hungry guests: {amounts}.

    DishTime:
    - It takes {minutes} minutes.
    - You should plan {minutes} minutes for it, and a little longer the first time.
    - If you start at {hour:words} o'clock, you can eat {minutes} minutes later.

    DishSecret:
    - The secret is simple: {dishSecret}.
    - "Don't forget," says {hero}, "{dishSecret}."
    - Cooks in {dishRegion} will tell you that {dishSecret}.
    - What do beginners in {home} do wrong? They don't know that {dishSecret}.

    DishServe:
    - Serve {dishName:him} with [bread|a green salad|a glass of cider|cold milk|pickled onions], and nobody will complain.
    - Whoever does not like {dishName} may [wash the dishes|eat dry bread|go to bed hungry|fetch the firewood] instead.
    - {dishName:he} {dishName/taste} best on a {season} evening, when the table is full of friends.
    - What is left over can be eaten the next day, although after {eaters:words} [guests|hungry people|hungry {trade:plural}] there is seldom anything left over.

    thingArticle:
    - {ThingWhat} {ThingUse} {ThingBuy} ¶ {ThingCare} {ThingWhere} {ThingStory}

    ThingWhat:
    - {thing:a} is a useful thing, and one can find it in almost every house in {region}.
    - Most {thing:plural} are made of {thingMaterial}.
    - {hero} of {home} owns {thing:a} that is {thingLook}.
    - What is {thing:a} made of? Usually it is made of {thingMaterial}.

    ThingUse:
    - People use it to {thingUse}.
    - With {thing:a} one can {thingUse}.
    - Whoever wants to {thingUse} needs {thing:a}.

    ThingBuy:
    - At the {market} market of {home} {thing:a} costs {price:words} coins.
    - {small:words} {thing:plural} at {price:words} coins each cost {total:words} coins.
    - {thing:a} for {price:words} coins is cheap, and one for {total:words} is dear.

    ThingCare:
    - If it gets wet, dry it with a soft cloth.
    - It is wise to have it repaired as soon as the first crack appears.
    - It lasts for {years:words} years when one takes care of it, and for {small:words} when one does not.

    ThingWhere:
    - Many people keep it {kept}.
    - The safest place for it is {kept}, where children can't reach it.
    - "Where is the {thing}?" "The {thing} is {kept}." One can hear this conversation in every house in {home}.

    ThingStory:
    - {hero} once lost {hero:hers} {spotA} and found it {spotC}.
    - {friend} lent {friend:hers} to {hero} in {month}, and it came back in {nextMonth}.
    - In {away} there is a museum with {crowd:words} {thing:plural}, and {hero} has seen every one of them.
    """
}
