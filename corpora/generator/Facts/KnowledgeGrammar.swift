/// Articles on the sky, the weather, games and words.
enum KnowledgeGrammar {
  static let text = """
    planetArticle:
    - {PlanetWhich} {PlanetSize} {PlanetLooks} ¶ {PlanetYear} {PlanetMoons} {PlanetCompare} ¶ {PlanetSee}
    - {PlanetSee} {PlanetWhich} ¶ {PlanetLooks} {PlanetCompare} {PlanetYear} {PlanetSize} ¶ {PlanetMoons} {PlanetAsk}

    PlanetWhich:
    - {planet} is the {planetNumber:ordinal} planet, counted from the sun.
    - Eight planets circle the sun, and {planet} is the {planetNumber:ordinal} of them.
    - Counted from the sun outwards, {planet} comes in the {planetNumber:ordinal} place.

    PlanetSize:
    - It is {planetKind}.
    - {planet} is {planetKind}, and it is {planetSize} than the earth.
    - Compared with the earth it is {planetSize}.

    PlanetLooks:
    - {planet} {planetFeature}.
    - What makes it special is easily said: it {planetFeature}.
    - Every picture shows that {planet} {planetFeature}.

    PlanetYear:
    - It goes around the sun once in {planetYear}.
    - A year on {planet} lasts {planetYear}.
    - {planetYear} pass before {planet} is back where it started.

    PlanetMoons:
    - {planet} has {planetMoons}.
    - Anyone who counts its moons will find that {planet} has {planetMoons}.
    - As for moons, {planet} has {planetMoons}.

    PlanetCompare:
    - {planet} is {sunDistance} the sun than {otherPlanet}.
    - {otherPlanet}, by contrast, {otherFeature}.
    - While a year on {planet} lasts {planetYear}, one on {otherPlanet} lasts {otherYear}.
    - {otherPlanet} is the {otherNumber:ordinal} planet, so {planet} is {sunDistance} the sun.

    PlanetSee:
    - {hero}, {trade:a} in {home}, built a telescope out of a stovepipe and pointed it at {planet}.
    - On a clear {season} night, people in {home} climb the hill to look for {planet}.
    - "Is that {planet}?" asked {friend}. "No," said {hero}, "that is the lamp of {landmark}."
    - The teacher of {home} drew the sun as a wheel of cheese and {planet} as a grain of pepper.

    PlanetAsk:
    - "Could we live on {planet}?" asked [a child|{child}|a boy|a girl in the first row]. "Remember that it {planetFeature}," said the teacher.
    - "How long is a year there?" asked {friend}. "{planetYear}," said {hero}.
    - "Which planet is the {planetNumber:ordinal}?" asked {hero}. "{planet}," said {friend} without looking up.

    weatherArticle:
    - {WindWhat} {CloudWhat} {RainWhat} ¶ {SignWhat} {WeatherReport} {WeatherReport2} ¶ {WeatherAdvice}
    - {WeatherReport} {WeatherReport2} {WeatherAdvice} ¶ {CloudWhat} {SignWhat} {WindWhat}

    WindWhat:
    - Wind is air that moves from a place of high pressure to a place of low pressure.
    - A wind from the {quarter} brings {quarterBrings} to {region}.
    - In {home}, the weathercock pointed to the {quarter} for {days:words} days in {month}.
    - Sailors name a wind after the direction from which it comes, so the {quarter} wind blows from the {quarter}.

    CloudWhat:
    - {cloud} clouds are {cloudLook}, and they mean {cloudMeans}.
    - If you see {cloud} clouds, which are {cloudLook}, expect {cloudMeans}.
    - What do {cloud} clouds look like? They are {cloudLook}.

    RainWhat:
    - {wet} {wetHow}.
    - How does {wet} come about? It {wetHow}.
    - Every child in {home} can explain {wet}: it {wetHow}.

    SignWhat:
    - The {trade:plural} of {home} say that {sign}.
    - An old rule says that {sign}.
    - "{sign}," {hero} used to say, and {hero:he} was right as often as not.

    WeatherReport:
    - In {month}, {home} had {rainDays:words} days of rain and {sunDays:words} days without it, which makes {monthDays:words} in all.
    - On the {day:ordinal} of {month}, {sky} in {home}, and {people}.
    - At noon on {weekday} it was {warm:words} degrees in {home} and {cold:words} in {away}, a difference of {degrees}.

    WeatherReport2:
    - That evening {weatherEnd}.
    - In {away}, {distance} kilometres to the {direction}, the weather was much the same.
    - {ground}, and the carriers to {away} stayed at home.
    - The ferryman on the {awayRiver} wrote it down in his log, as he does every {weekday}.

    WeatherAdvice:
    - Whoever goes out in such weather should take a coat, {thing:a} and something to eat.
    - It is wise to be home before dark in {month}, as {hero} learnt near {landmark}.
    - There is no bad weather, say the {trade:plural}, but only thin coats.
    - Never stand under a single tree when it thunders, and never {task} in a storm.

    gameRules:
    - {GameWhat} {GameTeam} {GameField} ¶ {GamePoint} {GameTime} {GameForbid} ¶ {GameMatch} {GameHalf} {GameEnd}
    - {GameMatch} {GameHalf} {GameEnd} ¶ {GameWhat} {GameTeam} {GamePoint} ¶ {GameForbid} {GameField} {GameTime}

    GameWhat:
    - {game} is played all over Halvenia.
    - {game} is a game for {players:words} players on each side.
    - The rules of {game} are not hard to learn.
    - Nobody knows who invented {game}, but in {gameHome} they claim that it was one of them.

    GameTeam:
    - Each team has {players:words} players, so {playersTwice:words} players are on the field.
    - In {game}, two teams of {players:words} meet.
    - If one of the {players:words} players of a team is hurt, a substitute may come on.

    GameField:
    - It is played {gameField} with {gameThing}.
    - All that one needs is {gameThing} and a place to play, {gameField} if possible.
    - Players of {game} use {gameThing}.

    GamePoint:
    - A point is won when {gamePoint}.
    - Whenever {gamePoint}, it counts as {gameValue}.
    - The aim of {game} is simple: {gameValue} for a team if {gamePoint}.

    GameTime:
    - A match lasts {gameMinutes:words} minutes, with a break after {gameHalf:words}.
    - There are two halves of {gameHalf:words} minutes each, {gameMinutes:words} minutes in all.
    - After {gameHalf:words} minutes the teams change sides, and after {gameMinutes:words} minutes the match is over.

    GameForbid:
    - It is forbidden {gameForbid}.
    - Whoever breaks the rule that one is not allowed {gameForbid} has to sit out for {small:words} minutes.
    - No player is allowed {gameForbid}.

    GameMatch:
    - On {weekday} a match of {game} between {home} and {away} took place {gameField}.
    - In {month}, {home} played {game} against {away} while {sky}, and {crowd:words} people came to watch.
    - The last match of the season in {game} was between {home} and {away}.

    GameHalf:
    - At half-time {home} had {g1:words} points and {away} had {h1:words}.
    - After the first half it was {g1:words} to {h1:words}.
    - In the first half {home} scored {g1:words} points and {away} {h1:words}.

    GameEnd:
    - In the second half {home} added {g2:words} and {away} {h2:words}, so the final score was {g:words} to {h:words}; {result}.
    - The final score was {g:words} to {h:words}: {result}.
    - When the whistle blew it stood {g:words} to {h:words}, because {home} had made {g2:words} more points and {away} {h2:words}; {result}.

    wordLesson:
    - {WordOpen} {WordPlural} {WordPast} {WordMore} ¶ {WordPlural2} {WordPast2} {WordCompare} ¶ {WordSpell} {WordOpposite}
    - {WordOpposite} {WordCompare} {WordSpell} ¶ {WordPlural} {WordPlural2} ¶ {WordPast} {WordPast2} {WordMore}

    WordOpen:
    - Words such as {noun} and {verb} change their form, and a writer must know how.
    - In the schoolhouse of {home}, {weekday} is the day for spelling.
    - "Take out your slates," said the teacher of {home}. "Today we study the words {noun} and {verb}."
    - {hero} teaches {friend} to write, one word at a time.

    WordPlural:
    - One {noun} is alone, but two {noun:plural} are company.
    - The plural of {noun} is {noun:plural}.
    - We say one {noun} and {c:words} {noun:plural}.

    WordPlural2:
    - What is the plural of {noun2}? It is {noun2:plural}.
    - If there is more than one {noun2}, we speak of {noun2:plural}.
    - "I see {noun2:a}," says one child. "I see {d:words} {noun2:plural}," says the other.

    WordPast:
    - Today I {verb}, yesterday I {verb:past}, and I have often {verb:done}.
    - The past tense of {verb} is {verb:past}.
    - We {verb} now; last year we {verb:past}.

    WordPast2:
    - "I am {verb2:ing}," said {hero}. "I {verb2:past} yesterday," said {friend}.
    - Whoever {verb2:does} today has perhaps {verb2:done} before.
    - What is the past tense of {verb2}? It is {verb2:past}.

    WordMore:
    - The word {verb} has {letters:words} letters.
    - To {verb} and to {verb2} are two different things.
    - The word {noun} has {nounLetters:words} letters, and the first of them is {firstLetter}.

    WordCompare:
    - A stone may be {adjective}, a rock {adjective:er}, and the mountain the {adjective:est} of all.
    - {hero} is {adjective}, {friend} is {adjective:er}, and I am the {adjective:est}.
    - From {adjective} we make {adjective:er} and {adjective:est}.

    WordSpell:
    - The word {noun2} begins with {firstLetter2} and ends with {lastLetter2}.
    - How is {noun2} spelt? It is spelt {spelling}.
    - Write the word {noun2} in the sand, and you will see {noun2Letters:words} letters.

    WordOpposite:
    - The opposite of {left} is {right}.
    - What is not {left} may be {right}.
    - If {left} is one side of the coin, {right} is the other.
    """
}
