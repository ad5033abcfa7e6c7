/// A danger for the town, people who act together, and the morning after.
enum StormGrammar {
  static let text = """
    storm:
    - {Setting} {StormOmen} {Trait} ¶ {StormWarn} {StormDoubt} ¶ {StormComes} {StormHarm} {StormAct} ¶ {StormMissing} {StormSearch}
      {StormHold} {StormSave} ¶ {StormMorning} {StormCount} {StormRebuild} ¶ {StormEnd}
    - {StormOmen} {Setting} {StormWarn} ¶ {StormDoubt} {StormComes} {StormHarm} ¶ {StormAct} {StormMissing} {StormSearch} ¶
      {StormHold} {StormSave} {StormMorning} ¶ {StormCount} {StormRebuild} {StormEnd}

    StormOmen:
    - All afternoon the cattle had been restless, and the swallows flew so low that they touched the grass.
    - The {river} was higher than it had been for {years:words} years, and {friend}, who kept an eye on the gauge at the bridge, frowned.
    - It had rained for {days:words} days without a pause, and every ditch in {region} was full.
    - "My knee hurts," said the oldest {trade} in {home}, "and when my knee hurts, something is coming."
    - The sky in the {quarter} had the colour of a bruise.

    StormWarn:
    - {hero} ran from house to house. "[Get your animals to the hill|Carry everything upstairs|Leave the cellars|Bring the children to {landmark}|Take the boats in]!" {hero:he} called.
    - {hero:he} rang the bell of {home}, although only the mayor was allowed to do that.
    - "It will come before midnight," {hero:he} told everyone who wanted to hear it, and some who did not.
    - {friend} lit a lamp at {landmark}, which has been the sign for danger since {founded}.

    StormDoubt:
    - Not everybody believed {hero:him}. "You worry too much, {hero}," said the [innkeeper|postmaster|sexton|barber] and went on [drying glasses|reading the almanac|eating {dish}|yawning].
    - The mayor looked at the {river}, scratched his chin and said that there was no hurry before {weekday}.
    - "I have lived here for {age:words} years," said an old woman, "and the water has never come past my steps."
    - Some packed and some laughed, and [the {friendTrade:plural}|the people near {landmark}|the {trade:plural}], who laughed the loudest, were the last to pack.

    StormComes:
    - At {hour:words} o'clock it began: first a hum in the air, then a roar.
    - When the night was at its darkest, the {river} broke through the dyke above {home}.
    - The wind came from the {quarter} and took away the washing, the weathercock and the roof of the wash house.
    - Within an hour there was more water in the streets than in the {river}, or so it seemed.

    StormHarm:
    - A tree fell across the road, and two carts were smashed like eggs.
    - The {workplace} stood under water up to the window, and {hero:possessive} {tool} floated past like a boat.
    - All lamps went out, and people called to each other so as not to be alone in the dark.
    - At the lower end of the town, {crowd:words} people climbed on to their roofs.

    StormAct:
    - {hero} tied a rope around {hero:his} waist and gave the other end to {friend}.
    - "Form a chain!" shouted {friend}, and from hand to hand went children, hens, bread and the town records.
    - The {trade:plural} filled sacks with sand, the bakers carried them, and even the mayor took off his coat.
    - They made a raft out of {rafts:words} doors and a washing line, and {hero} was the first to step on to it.

    StormMissing:
    - Then somebody cried out that {child}, the {small:words}-year-old from the house by the bridge, was missing.
    - "Where is {child}?" asked a woman with a blanket around her shoulders. Nobody had seen {child} since {hour:words} o'clock.
    - They counted the children, and there was one too few: {child} was not there.

    StormSearch:
    - {hero} did not wait. {hero:he} took a lantern and went back {spotA}, where {child} often played.
    - "{child} has a hiding place {spotA}," said {friend}. {hero} was already on the way.
    - They called the name against the wind, and at last a thin voice answered; it came from somewhere {spotA}.

    StormHold:
    - Twice the current knocked {hero:him} down, and twice {friend} pulled {hero:him} up by the rope.
    - "{rule}," {hero:he} said to {hero:himself}, because it helped to say something.
    - The lantern went out, and {hero:he} felt {hero:his} way along the wall, counting {hero:his} steps: {steps:words} in all.
    - The rope was just long enough; there was not a hand's breadth to spare.

    StormSave:
    - {child} sat there on a beam with a wet kitten in each arm. "They can't swim," said {child}. "Neither can I," said {hero}.
    - {hero} lifted {child} on to {hero:his} shoulders, and {friend} and {crowd:words} others pulled them back.
    - When they came out of the dark with {child} between them, nobody cheered, because everybody was crying.

    StormMorning:
    - In the morning the clouds were gone, and {home} looked as if a giant had [stirred it with a spoon|shaken it like a rug|used it as a wash tub|played ball with it].
    - The sun rose [over {landmark}|over the roofs of {home}|over the {river}] as if nothing had happened, and the mud in [the streets|the lanes|every yard] steamed.
    - At dawn it was so quiet that one could hear the water running out of [the cellars|the {workplace}|{landmark}|the school].

    StormCount:
    - {sheep:words} sheep, {carts:words} carts and one weathercock were lost, but not a single human life.
    - They counted: {houses:words} houses had no roof, {carts:words} had no door, and all had mud in the bread bin.
    - The innkeeper, who had laughed, stood in his ruined cellar and said, "I should have listened to a {trade}."

    StormRebuild:
    - From {away}, {distance} kilometres away, came {carts:words} carts with blankets and flour.
    - It took {days:words} weeks to clear the streets, and everybody worked, including those who had no damage.
    - The dyke was rebuilt, a yard higher than before, and {hero} laid the first stone.

    StormEnd:
    - {child} gave one of the kittens to {hero}, who named it [Flood|Raft|Thunder|Captain|Mudpie].
    - A mark on the wall of {landmark} shows how high the water stood, and beside it somebody has drawn a kitten.
    - When the sky in the {quarter} turns dark, people in {home} now look at {hero} first and at the mayor second.
    - {hero} and {friend} never talked about that night, but they kept the rope.
    """
}
