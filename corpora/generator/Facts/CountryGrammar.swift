/// Articles on the places of Halvenia; distances and directions follow from the table of towns.
enum CountryGrammar {
  static let text = """
    townArticle:
    - {TownWhere} {TownRiver} {TownFounded} ¶ {TownPeople} {TownTrade} {TownMarket} {TownMark} ¶ {TownRoad} {TownRoadBack} {TownOlder} {TownSay}
    - {TownTrade} {TownWhere} ¶ {TownPeople} {TownBigger} {TownMark} {TownFounded} ¶ {TownMarket} {TownRiver} {TownRoad}
    - {TownWhere} {TownFounded} {TownPeople} ¶ {TownRoad} {TownOlder} {TownBigger} ¶ {TownTrade} {TownMark} {TownSay}

    directions:
    - {AskWay} ¶ {TellWay} ¶ {AskFar} ¶ {TellFar} ¶ {AskTown} ¶ {TellTown} ¶ {PartWay}

    regionArticle:
    - {RegionWhere} {RegionLand} {RegionGrows} ¶ {RegionKnown} {RegionSeat} {RegionTowns} ¶ {RiverLine} {RiverLong} {MountainLine}

    TownWhere:
    - {home} is a town in {region}.
    - {home} lies in {region}, {regionLies}.
    - The town of {home} belongs to {region}.
    - Who travels through {region} will sooner or later come to {home}.
    - In {region}, {regionLies}, lies the town of {home}.

    TownRiver:
    - It stands on the {river}, a river that is {riverCharacter}.
    - The {river}, which is {riverCharacter}, flows past its walls.
    - The water of its mills comes from the {river}, which rises {riverRises}.
    - Its river is the {river}, {riverLength} kilometres long from its source to its mouth.

    TownFounded:
    - It was founded in the year {founded}.
    - {home} was founded in {founded}, according to the oldest stone in its wall.
    - The people of {home} have counted the years since {founded}, when the town was founded.
    - A document of {founded} is the birth certificate of {home}.

    TownPeople:
    - {peopleCount} people live there.
    - With {peopleCount} inhabitants, {home} is [neither large nor small|known to every carrier|a place where most people know each other].
    - At the last count, {home} had {peopleCount} inhabitants.
    - {home} is home to {peopleCount} people.

    TownTrade:
    - {home} is known for its {localTrade:plural}, who work with {localMaterial}.
    - The {localTrade:plural} of {home} are famous, and {localProduct:a} from there is a welcome gift.
    - If you want to buy {localProduct:a}, go to {home}.
    - Many people in {home} {localTask} for a living.
    - "{localRule}," say the {localTrade:plural} of {home}.

    TownMarket:
    - Every {market} there is a market.
    - The market is held on {market}, and it begins at {hour:words} o'clock.
    - On {market}, farmers from the whole of {region} come to the market of {home}.
    - There is no market on {otherDay}, because the market day of {home} is {market}.

    TownMark:
    - Visitors should see {landmark}.
    - Its landmark is {landmark}, which appears on every postcard.
    - In the middle of the town stands {landmark}, where people like to meet.
    - "Have you seen {landmark}?" is the first question that visitors are asked.

    TownRoad:
    - From {home} to {away} it is {distance} kilometres to the {direction}.
    - {away} lies {distance} kilometres {direction} of {home}.
    - Travellers from {home} who go {direction} for {distance} kilometres come to {away}.
    - A walker needs {walk} from {home} to {away}, because the distance is {distance} kilometres.
    - If a crow flew from {home} to {away}, it would fly {direction} and cover {distance} kilometres.

    TownRoadBack:
    - From {away} back to {home}, one has to go {backDirection}.
    - Seen from {away}, {home} lies in the {backDirection}.
    - The way back from {away} leads {backDirection}, of course.

    TownOlder:
    - {home} is {older} than {away}, which was founded in {awayFounded}.
    - {away} was founded in {awayFounded} and {home} in {founded}, so {home} is the {older} of the two.
    - Between the founding of {home} and that of {away} lie {yearsBetween}.

    TownBigger:
    - {away}, with {awayPeople} inhabitants, is {bigger} than {home}.
    - {home} has {peopleCount} inhabitants and {away} has {awayPeople}, so {away} is the {bigger} town.
    - The people of {away}, {awayPeople} in number, say that {home} is {smaller} than their own town, and they are right.

    TownSay:
    - People say that {weatherNoun} in {home} lasts longer than anywhere else, but that is only a saying.
    - {hero}, {trade:a} from {home}, once said that there was no better place to {task}.
    - {home} is at its quietest in {month}, when the {localTrade:plural} {localTask} behind closed doors.
    - Once a year, on {festival}, the whole town is on its feet, for on that day people {festCustom}.

    AskWay:
    - "Excuse me," said a stranger in {home}, "which way is it to {away}?"
    - "How do I get from here to {away}?" a traveller asked {hero} at {landmark} in {home}.
    - A woman with a heavy bag stopped {hero}, the {trade}, in {home}. "I have to go to {away}," she said. "Where is it?"

    TellWay:
    - "You must go {direction}," said {hero}. "{away} is in {awayRegion}."
    - "{direction}, always {direction}," was the answer, "until you see {awayMark}."
    - {hero} pointed to the {direction}. "Over there lies {away}, on the {awayRiver}."

    AskFar:
    - "Is it far to {away}?" the stranger asked.
    - "How many kilometres is that from {home}?"
    - "Can I be in {away} before dark?"

    TellFar:
    - "It is {distance} kilometres," said {hero}. "On foot you need {walk}."
    - "{distance} kilometres as the crow flies," said {hero}, "but you are not a crow. Reckon with {walk}."
    - "It is {distance} kilometres, and most people need {walk}, but that depends on your legs."

    AskTown:
    - "And what sort of town is {away}?"
    - "What can one buy there?"
    - "Do you know {away} well?"

    TellTown:
    - "It is a town of {awayPeople} people," said {hero}, "and it is known for its {awayTrade:plural}. If you are there on {awayMarket}, you can go to the market."
    - "In {away} you can buy {awayProduct:a}," said {hero}, "and the market is on {awayMarket}."
    - "My {kin} lives there. It was founded in {awayFounded}, and it looks its age."

    PartWay:
    - "Thank you," said the stranger and set out to the {direction}.
    - "Then I had better start [before it gets dark|before noon|at once]," said the stranger. {hero} wished for dry roads and watched the figure grow smaller in the {direction}.
    - "Give my regards to {awayMark}," said {hero}, and the two of them went their ways.

    RegionWhere:
    - {region} lies {regionLies}.
    - One of the six regions of Halvenia is {region}; it lies {regionLies}.
    - Halvenia has six regions, and {region} is the one {regionLies}.

    RegionLand:
    - The land there is easy to describe: {regionLand}.
    - Those who come for the first time see {regionLand}.
    - {regionLand}: that is how {naturalist} of {home} described {region} in a letter.

    RegionGrows:
    - On its soil grow {regionGrows}.
    - The farmers live on {regionGrows}.
    - At its markets one can buy {regionGrows}.

    RegionKnown:
    - {region} is known for {regionKnown}.
    - When people in other parts of the country think of {region}, they think of {regionKnown}.
    - There is much to see, above all {regionKnown}.

    RegionSeat:
    - The governor of {region} lives in {regionSeat}.
    - The seat of the governor is {regionSeat}.
    - Letters to the governor of {region} are sent to {regionSeat}.

    RegionTowns:
    - Among its towns are {regionTowns}.
    - Its towns include {regionTowns}.
    - {regionTowns} are towns in {region}.

    RiverLine:
    - The {river} rises {riverRises} and ends {riverEnds}.
    - Where does the {river} begin? It rises {riverRises}, and after {riverLength} kilometres it ends {riverEnds}.
    - One of the rivers of Halvenia is the {river}, {riverCharacter}, which rises {riverRises}.

    RiverLong:
    - With a length of {riverLength} kilometres, the {river} is {longer} than the {otherRiver}, which is {otherRiverLength} kilometres long.
    - The {river} is {riverLength} kilometres long and the {otherRiver} {otherRiverLength}.
    - The {otherRiver}, which ends {otherRiverEnds}, measures {otherRiverLength} kilometres, and the {river} measures {riverLength}.

    MountainLine:
    - The highest mountain of the country is Mount Orrin, with 2140 metres; {mountain}, with {metres} metres, {mountainFeature}.
    - In the Highfell stands {mountain}, which is {metres} metres high and {mountainFeature}.
    - {mountain} is {metres} metres high; it {mountainFeature}.
    - From Ironbeck one can see {mountain} on a clear day; it {mountainFeature}.
    """
}
