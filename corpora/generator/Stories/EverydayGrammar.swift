/// Sentences that any story can use: who, where, what weather, how people speak and how it ends.
///
/// In a story `hero` and `friend` differ in gender, so that a pronoun always has one reading.
enum EverydayGrammar {
  static let text = """
    Setting:
    - In {home}, a town on the {river}, there [lived|once lived] a {trait} {trade} [called|named] {hero}.
    - {hero} was a {trait} {trade} who [lived|worked] [not far from|within sight of|a few steps from] {landmark} in {home}.
    - People in {home} [liked|trusted|respected] {hero}, the {trade}, [above all|mostly] for {hero:his} {virtue}.
    - [Everybody|Everyone] in {home} knew the {workplace} near {landmark}, and everybody knew {hero}, the {trait} {trade} who worked there.
    - On {weekday} mornings {hero}, a {trade} from {home}, liked to {task} before the first bell rang.
    - Long before the bridge over the {river} was painted [green|red|white], a {trade} named {hero} kept a {workplace} in {home}.
    - [{years:words}|Some|Many] years ago, when {home} had [fewer lamps|narrower streets|smaller houses|muddier lanes] than it has today, {hero} was the [youngest|oldest|only] {trade} in the town.
    - If you had walked past {landmark} in {home} that {season}, you would have seen {hero}, the {trade}, at {hero:his} work.
    - {hero} had been a {trade} in {home} for {years:words} years and had never wanted to be anything else.
    - There were several {trade:plural} in {home}, but only one of them was as {trait} as {hero}.
    - The town of {home} lies in {region}, and {hero} had lived there all {hero:his} life.
    - Of all the {trade:plural} in {region}, {hero} of {home} was the most talked about.
    - {hero} came from a family of {trade:plural}, and the family came from {home}.
    - "If you need {product:a}, ask {hero}," people [used to say|would say] in {home}.
    - Whenever strangers asked for a good {trade}, the people of {home} sent them to {hero}.

    Trait:
    - {hero:he} was so {trait} that {traitClause}.
    - [Like every {trade}|As a {trade} should], {hero:he} could {task} and {task2}, but {hero:his} {virtue} was what people remembered.
    - It was said of {hero} that {traitClause}.
    - {hero:his} {virtue} was known in {region}: {traitClause}.
    - {hero:he} could {task} in the dark, and {hero:he} could {task2} while {hero:he} told a story.
    - All day long {hero:he} would {task}, and in the evening {hero:he} would {task2} [by candlelight|by lamplight|beside the fire].
    - {hero:his} [best|most loyal|oldest] friend was {friend}; they had known each other for {years:words} years.
    - {hero:he} owned [little|not much] more than a {tool}, a warm coat and a shelf of [old|well-read] books.
    - {hero:his} {tool} had belonged to {hero:his} [mother|father|grandmother|grandfather|uncle|aunt], and {hero:he} kept it [oiled|spotless|wrapped in a cloth|on a hook of its own].
    - {hero:his} {workplace} smelled of {material}, and {hero:he} would not have changed that smell for [gold|any perfume|a palace].
    - "{rule}," {hero:he} liked to say, and {hero:he} lived by that rule.
    - {hero:he} was {trait}, [it is true|that much is certain]; [nobody could deny it|even {friend} admitted it].

    Sky:
    - That {weekday} in {month}, {sky}, and {ground}.
    - It was {month}; {sky}, and {people}.
    - {sky} on the [morning|day] when this story begins, and {ground}.
    - {ground} that morning, for {sky}.
    - One {weekday} in {month}, when {sky} and {people}, something [unusual|unexpected|strange] happened.
    - The [last|first|second|third] week of {month} brought {weatherNoun}: {sky}, and {people}.
    - Because {sky}, {people} on that [{weekday}|{month} morning].
    - {month} had come, and with it {weatherNoun}; {ground}, and {people}.

    Later:
    - [In the meantime|Meanwhile|Toward evening|A little later|An hour later], {weatherEnd}.
    - [While they talked|While they were busy|As the bell struck {hour:words}], {weatherEnd}.
    - Outside, {weatherEnd}, but [nobody noticed|nobody paid attention|neither of them looked up].
    - When they had talked it over, {weatherEnd}.

    Worry:
    - {hero} [hardly slept|did not sleep well|lay awake] that night, and {hero:he} [burned the porridge|put on two different socks|forgot to wind the clock] the next morning.
    - {hero:he} felt [a cold knot|something heavy] in {hero:his} [stomach|chest], as if {hero:he} had swallowed a [stone|plum stone|lump of clay].
    - [First|At first] {hero:he} was [angry|annoyed|puzzled]; then {hero:he} was [worried|ashamed|sad].
    - {hero:he} [walked|paced] up and down [the room|the {workplace}] until the floorboards [complained|creaked|groaned].
    - {hero:he} tried to {task}, but {hero:his} thoughts were elsewhere, and {hero:he} had to begin {times:words} times.
    - [It was no use|There was no point in] crying, so {hero:he} [washed {hero:his} face|drank a glass of water|put on {hero:his} coat] and began to think.

    AskFriend:
    - "What is the matter?" asked {friend}, who had [seen|noticed] {hero:his} face through the window.
    - "You look as if you had [swallowed a fly|seen a ghost|lost a bet]," said {friend}. "[Tell me everything|Sit down and tell me], before the bell rings {hour:words}."
    - At noon {hero:he} went to {friend}, because a {friendTrait} {friendTrade} [is a good listener|often knows what to do|sees things differently].
    - {friend} was [eating {dish}|having a bowl of soup|sharpening a pencil] when {hero} [came in|knocked|appeared at the door]. "[Sit down|Come in|Take a chair|Have some {dish}], {hero}," {friend:he} said. "What has happened at the {workplace}?"
    - {hero:he} told {friend} the whole story, and {friend:he} listened without [a word|interrupting|laughing once].
    - "[Two heads are better than one|Four eyes see more than two]," said {friend} when {hero:he} had explained [everything|what had happened].

    Encourage:
    - "[Never mind|Don't worry|Cheer up]," said {friend}. "[We will find a way|There is always a way|It could be much worse|We have until {weekday}]."
    - "A {friendTrade} learns early that {friendRule}," said {friend}. "It is the same with [lost things and troubles|troubles in {month}|every trouble]."
    - "You are {trait}," said {friend}, "[and that is half of the work|and that will help us now|and I would bet on you]."
    - "Do you remember what you told me last {season}?" asked {friend}. "You said that {rule}."
    - {friend} laid a hand on {hero:his} shoulder and [said nothing|smiled|nodded], which was the best thing that {friend:he} could have done.
    - "I will come with you," said {friend}. "[I have finished my work|The work can wait|I know the people there]."
    - "When I was {young:words}, I had the same trouble," said {friend}, "and look at me now."

    Thanks:
    - "[Thank you|I can't thank you enough|I owe you a great deal]," said {hero}, and {hero:he} gave {friend} {product:a} [wrapped in paper|with a ribbon around it|that {hero:he} had been saving].
    - To thank {friend}, {hero} cooked {dish}, and they ate until the pot was [empty|clean].
    - "How can I thank you?" asked {hero}. "[Cook {dish} for me|Tell the story when I am old|Do the same for the next one who asks]," said {friend}.
    - {hero} wanted to [pay|give {friend:him} money], but {friend} [shook {friend:his} head|would not hear of it|laughed at the idea].
    - The next {weekday}, {hero} carried {product:a} to {friend:his} house, and {friend} put it [in the middle of the table|on the best shelf|next to the clock].

    Ending:
    - [From that day on|After that|For the rest of {hero:his} life], {hero} [never forgot|always remembered] that {rule}.
    - When people ask {hero} about it today, {hero:he} [only smiles|laughs|tells it a little differently each time].
    - That evening {hero:he} sat in front of the {workplace}, listened to the {river} and was [content|happy|at peace with the world].
    - In {home} they still tell this story [on long winter evenings|when {month} comes round|to children who can't sleep].
    - {friend} still [teases {hero:him} about it|tells the story at weddings|says that it was all luck], and {hero} lets {friend:him}.
    - [So it was that|That is how] a {trait} {trade} from {home} found out what {hero:his} {virtue} was good for.
    - {hero:he} slept [soundly|like a stone|until the sun was high] that night, and {hero:his} {tool} rested on its hook.
    - [The moral is|What we learn from this is] simple: {rule}, and a good friend is worth more than [gold|ten sacks of grain|any tool].
    - The following {weekday}, {hero:he} went back to work as if nothing had happened, but {hero:he} hummed while {hero:he} did so.
    - And if the {river} has not run dry, {hero} and {friend} are still [arguing about who was right|laughing about it|friends].

    friendIntroduction:
    - a {friendTrait} {friendTrade}
    - the {friendTrade} from next door
    - a {friendTrade} and an old friend
    - {hero:his} neighbour and a {friendTrade}
    - the {friendTrait} {friendTrade} from across the street
    """
}
