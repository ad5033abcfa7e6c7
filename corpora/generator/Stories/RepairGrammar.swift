/// Something that the town needs is broken; what mends it has to be fetched from another town.
enum RepairGrammar {
  static let text = """
    repair:
    - {Setting} {Trait} ¶ {Sky} {RepairBreak} {RepairNeed} ¶ {RepairMeeting} {RepairPlan} ¶ {RoadStart} {RoadTrouble}
      {RoadHelp} ¶ {RoadArrive} {RepairBuy} ¶ {RoadBack} {RepairWork} {RepairTest} ¶ {RepairPraise} {Ending}
    - {RepairBreak} {Sky} {RepairNeed} ¶ {Setting} {RepairMeeting} {RepairPlan} ¶ {Encourage} {RoadStart} {RoadTrouble}
      {RoadHelp} ¶ {RoadArrive} {RepairBuy} {RoadBack} ¶ {RepairWork} {RepairTest} {Thanks} {Ending}

    RepairBreak:
    - [In the night|Just after sunrise|On market day|At the stroke of {hour:words}], {broken} of {home} [broke|gave way|stopped] with a [crack|groan|bang], because {cause}.
    - It began with {broken}: {cause}, and one morning it [no longer worked|was past use|failed for good].
    - {broken} in {home} had [served|done its duty] for {age:words} years, but that {season} it failed, for {cause}.
    - "{broken} is broken!" shouted a boy who came running past {landmark}. It was true: {cause}.

    RepairNeed:
    - Without it, {effect}, and [nobody knew for how long|people began to grumble|the mayor could not sleep].
    - [Soon|Before long], {effect}. "This can't go on until {nextMonth}," said the mayor[ of {home}|].
    - From then on {effect}, which was [bad enough in {month}|a heavy blow|worse than it sounds].
    - The trouble was that {effect} until somebody repaired it.

    RepairMeeting:
    - The people of {home} met {spotA} and talked until midnight, and in the end everybody looked at {hero}.
    - "Who can mend {broken}?" asked the mayor. Nobody answered; then {friend} said, "{hero} can."
    - "It needs {part}," said {hero}, who had looked at the damage with a [lamp|candle|magnifying glass], "and there is none in {home}."
    - {hero} took measurements, counted on {hero:his} fingers and said that the only cure was {part}.
    - [Some people wanted to|Half of the town wanted to] buy a new one, but that would have cost {coins:words} silver coins, and the chest of the town held {fewer:words}.

    RepairPlan:
    - The best {fartrade:plural} live in {away}, {distance} kilometres to the {direction}, and so {hero} packed bread, cheese and a blanket.
    - {away}, the town of the {fartrade:plural}, lies {distance} kilometres {direction} of {home}; "I will fetch it from there," said {hero}.
    - "In {away} they have {part}," said {friend}. "It is {distance} kilometres to the {direction}, but the road is good as far as the {river}."
    - So {hero} decided to go to {away}, which is known for its {fartrade:plural}, although it is {distance} kilometres to the {direction}.

    RepairBuy:
    - "{part}?" asked the old {fartrade} of {away}. "I have one here, and it costs {price:words} silver coins." {hero} had {more:words}, so {left:words} were left for the way home.
    - In {away}, {hero:he} found a {fartrade} who sold {hero:him} {part} for {price:words} silver coins and threw in some good advice: {farRule}.
    - The {fartrade} of {away} looked at {hero:his} drawing for a long time. "I can make it by {weekday}," said the {fartrade}, and kept the promise.
    - {hero:he} [paid|laid] {price:words} silver coins [on the counter|into the hand of the {fartrade}] and carried {part} out of the shop as if it were a baby.

    RepairWork:
    - At home {hero:he} worked {days:words} days and nights; {friend} held the lamp and handed {hero:him} the {tool}.
    - {hero:he} lifted out the broken piece, fitted {part} and hammered everything tight, while {friend} [counted the bolts|kept the children away|brought {dish}].
    - With {hero:his} {tool} in {hero:his} hand, {hero:he} climbed up, and before the bell rang {hour:words}, {part} was in place.
    - First {hero:he} cleaned everything, then {hero:he} put in {part}, and last of all {hero:he} rubbed it with [grease|oil|wax].

    RepairTest:
    - Everybody held their breath when {broken} was tried for the first time, and it worked!
    - "Now," said {hero}. {friend} pulled the rope, something clicked, and {broken} was [sound|whole|working] again.
    - {broken} creaked a little, as if it had to remember how, and then it ran as it had on its first day.
    - The mayor tried it first and the children second, and neither of them could break {broken} again.

    RepairPraise:
    - The mayor made a speech that lasted {times:words} times as long as the repair, but {hero} had fallen asleep on a bench.
    - The people of {home} carried {hero:him} around {landmark} on their shoulders, which {hero:he} found very high.
    - Since then there has been a small plate on {broken}, and on the plate stands the name of {hero}.
    - "What do we owe you for {broken}?" asked the mayor. "Oil it once a month," said {hero}, "and we are even."

    RoadStart:
    - {hero:he} set out at dawn, when {sky} and {ground}.
    - [Early|Before breakfast] on {weekday}, {hero:he} tied {hero:his} boots, kissed {hero:his} [sister|mother|niece|grandmother] and took the road to the {direction}.
    - The road to {away} runs {direction}, and for the first hours {hero} met nobody but [a pedlar|two nuns|a drover with twelve geese|a boy on a donkey].
    - A cart took {hero:him} along as far as the last houses of {home}; after that {hero:he} walked.
    - {friend} went with {hero:him} to the town gate and waved until {hero:he} was a dot on the road to {away}.

    RoadTrouble:
    - On the second day the road was blocked by [a fallen tree|a broken cart|a flock of {sheep:words} sheep|a landslide], and {hero:he} had to climb around it.
    - Half-way to {away} the [strap of {hero:his} bag tore|heel of {hero:his} boot came off|bridge was closed], and {hero:he} lost half a day.
    - Toward evening {hero:he} took the wrong turning and walked for {hour:words} kilometres before {hero:he} saw {hero:his} mistake.
    - At a ford [of the {awayRiver}|below a mill] the water came up to {hero:his} [knees|hips|chest], and {hero:his} [bread|blanket|hat|left shoe] was washed away.
    - In a [wood|pine forest|gorge], where it was dark at noon, {hero:he} heard something big; it was only [a cow|a stray horse|an old pig|the echo of {hero:his} own steps].

    RoadHelp:
    - [An old woman|A shepherd girl|A charcoal burner|A travelling singer] gave {hero:him} [soup|bread and bacon|a place by the fire] and asked for nothing but a story.
    - {hero:he} slept in a barn and paid for it by helping the farmer to [stack wood|milk {cows:words} cows|mend a gate].
    - A milestone told {hero:him} that it was only {short:words} kilometres more, and {hero:his} steps grew lighter.
    - A [dog|goat|donkey|goose] with [a bell around its neck|a torn ribbon|muddy feet|a sad face] walked beside {hero:him} for [the whole afternoon|{short:words} kilometres|half a day] and then turned back without a word of goodbye.

    RoadArrive:
    - At last {hero:he} saw {awayMark} of {away} above the roofs.
    - {away} was just as {hero:he} had imagined it: {awayPeople} people, {awayMark} and the noise of work from every yard.
    - Tired but [glad|proud], {hero:he} walked into {away}, where it was {awayMarket}, the day of the market.
    - "Where do you come from?" asked the watchman at {awayMark}. "From {home}," said {hero}, "and I have walked the whole way."

    RoadBack:
    - The way home from {away} seemed shorter, as ways home do.
    - {hero:he} travelled back with a [carrier|miller|wool merchant|postman] who sang all the way, mostly [out of tune|about unhappy sailors|the same song|about his mother-in-law].
    - On the way back {hero:he} did not stop once, not even for the view from the {river} bridge.
    - {days:words} days later {hero:he} was home again, with sore feet and {part} under {hero:his} arm.
    """

  /// What breaks, why, what follows, what mends it and which trade makes that.
  static let breakages: [[String]] = Table.rows(5, table)

  private static let table = """
    the town clock | the frost had split its largest gear | nobody came to work on time | a new brass gear | clockmaker
    the great bell | a crack had crept up from its rim | the fire watch could not call for help | a bronze clapper | bell founder
    the mill wheel | the flood had torn off its paddles | there was no flour for bread | an oak axle | wheelwright
    the ferry rope | mice had gnawed it for a whole winter | nobody could cross the water | a tarred rope | ropemaker
    the pump on the square | its leather seal had dried out | people had to carry water from the river | a bronze valve | smith
    the old bridge | the middle stone had sunk into the mud | carts had to make a long detour | a wedge of cut stone | stonemason
    the school stove | the rust had eaten through its door | the children sat in their coats | an iron door | smith
    the church organ | the damp had warped its bellows | there was no music at the weddings | a set of calf-skin bellows | tanner
    the bakery oven | its arch had fallen in | the town had to eat porridge | a load of fire bricks | potter
    the lamp over the town gate | an owl had flown into the glass | travellers could not find the gate after dark | a curved pane of glass | glassblower
    the roof of the hall | a storm had lifted its ridge | rain dripped on every dance | a cartload of reeds | thatcher
    the weighing scale | somebody had dropped an anvil on it | nobody trusted the price of anything | a straight brass beam | clockmaker
    the sluice gate | the timber had rotted below the water | the lower gardens were under water | an oak plank | cooper
    the printing press | its screw had snapped | the almanac could not appear | a steel screw | smith
    the signpost at the crossroads | a drunken carter had knocked it over | travellers ended up in the wrong towns | a painted board | carpenter
    """
}
