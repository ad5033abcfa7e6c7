/// Articles and questions on animals; every statement comes from the table of animals.
enum NatureGrammar {
  static let text = """
    animalArticle:
    - {AnimalWhat} {AnimalHome} {AnimalFood} {AnimalShelter} ¶ {AnimalHabit} {AnimalAwake} {AnimalHabit2} {AnimalYoung} ¶
      {AnimalSize} {AnimalAge} {AnimalCompare} {AnimalHalvenia}
    - {AnimalHalvenia} {AnimalWhat} {AnimalHome} ¶ {AnimalAwake} {AnimalHabit} {AnimalFood} ¶ {AnimalShelter} {AnimalYoung} {AnimalAge}
      {AnimalHabit2} {AnimalCompare}
    - {AnimalWhat} {AnimalFood} {AnimalCompare} ¶ {AnimalHabit} {AnimalHabit2} {AnimalAwake} {AnimalHome} {AnimalShelter}

    animalQuiz:
    - {LessonOpen} ¶ {QuizHome} ¶ {QuizFood} ¶ {QuizAwake} ¶ {QuizHabit} ¶ {QuizYoung} ¶ {LessonClose}
    - {LessonOpen} ¶ {QuizFood} ¶ {QuizHabit} ¶ {QuizShelter} ¶ {LessonClose}
    - {QuizOpen} ¶ {QuizHabit} ¶ {QuizHome} ¶ {QuizYoung} ¶ {QuizFood} ¶ {QuizClose}
    - {QuizOpen} ¶ {QuizAwake} ¶ {QuizHome} ¶ {QuizShelter} ¶ {QuizFood} ¶ {QuizHabit} ¶ {QuizClose}

    AnimalWhat:
    - The {animal} is {animalKind:a} that lives {animalHome}.
    - {animal:plural} are {animalKind:plural}, and they live {animalHome}.
    - Among the {animalKind:plural} of Halvenia, the {animal} is one of the [best known|most interesting|easiest to recognise].
    - Most people have heard of the {animal}, {animalKind:a} that is at home {animalHome}.
    - What kind of creature is {animal:a}? It is {animalKind:a}.
    - Anyone who has watched {animal:a} for an hour knows that it is no ordinary {animalKind}.

    AnimalHome:
    - To find {animal:a}, one has to look {animalHome}.
    - It lives {animalHome}, where it finds both food and shelter.
    - {animal:plural} prefer to live {animalHome}, and they seldom move far away.
    - Its home is easy to name: it lives {animalHome}.
    - Walkers who go slowly may see {animal:a} {animalHome}.

    AnimalFood:
    - It feeds on {animalFoods}.
    - {animalFoods} are what {animal:a} eats.
    - The menu of the {animal} is made up of {animalFoods}, and it likes {animalFood} best of all.
    - {animal:plural} eat {animalFoods}, depending on what the season offers.
    - When it is hungry, it looks for {animalFoods}.
    - Without {animalFood}, the {animal} would go hungry for much of the year.

    AnimalShelter:
    - The place where {animal:a} sleeps or raises its young is {animalShelter:a}.
    - For shelter it uses {animalShelter:a}, which is easily overlooked.
    - {animalShelter:a} gives it protection from enemies and bad weather.
    - If you find {animalShelter:a}, you may have found the home of {animal:a}; leave it in peace.
    - It does not build a house, one might think, but its {animalShelter} serves it as one.

    AnimalAwake:
    - The {animal} is active {animalAwake}.
    - It is awake {animalAwake} and rests for the remaining hours.
    - Since it is active {animalAwake}, [one has to choose the right hour|many people never see one|patience is needed] in order to watch it.
    - {animal:plural} go about their business {animalAwake}.

    AnimalHabit:
    - {animal:a} can {animalHabit}.
    - It is well known that {animal:plural} can {animalHabit}.
    - Those who watch it patiently will see it {animalHabit}.
    - It may {animalHabit}, which [always surprises|often amuses|has puzzled] people.
    - One of its habits is remarkable: it will {animalHabit}.
    - Old people in {home} say that nobody who has seen {animal:a} {animalHabit} will forget it.

    AnimalHabit2:
    - Besides, it can {animalHabit2}.
    - It is also able to {animalHabit2}, as {naturalist} of {away} noted in a diary.
    - In addition, {animal:a} may {animalHabit2}.
    - Its second talent is to {animalHabit2}.
    - What is more, one can see it {animalHabit2}.

    AnimalYoung:
    - Its young is called {animalYoung:a}.
    - {animal:a} begins its life as {animalYoung:a}.
    - {animalYoung:a}, as a young {animal} is called, has much to learn.
    - In spring or summer you may see {animalYoung:plural}; that is the name for the young of the {animal}.

    AnimalSize:
    - A grown {animal} weighs {animalWeight}.
    - Its weight is {animalWeight} when it is fully grown.
    - On the scales {animal:a} brings {animalWeight}, though some are heavier and some lighter.

    AnimalAge:
    - It can live for about {animalLifetime}.
    - {animalLifetime} is a good age for {animal:a}.
    - An old {animal} reaches about {animalLifetime}, and few grow older.
    - In the wild, {animal:plural} live for {animalLifetime} or so.

    AnimalCompare:
    - The {animal} is {heavierWord} than the {rival}, which weighs {rivalWeight}.
    - Compared with the {rival}, which lives {rivalHome}, the {animal} is {heavierWord}.
    - {animal:plural} and {rival:plural} have little in common: the former eat {animalFood}, while the latter live on {rivalFood}.
    - While the {animal} is active {animalAwake}, the {rival} is about {rivalAwake}.
    - The {rival}, by contrast, is {rivalKind:a} and lives {rivalHome}.
    - One should not confuse it with the {rival}, which eats {rivalFood}.

    AnimalHalvenia:
    - In {region} there is a saying: as {trait} as {animal:a}.
    - An inn near {landmark} in {home} has {animal:a} on its sign.
    - In {home} the children learn at school that {animal:plural} eat {animalFood}.
    - There are many {animal:plural} in {region}, and the people there are rather proud of them.
    - {naturalist}, who kept a {workplace} in {home}, fed {animal:a} with {animalFood} for a whole {season}.

    LessonOpen:
    - In the schoolhouse of {home}, the teacher held up a picture of {animal:a}. "Who can tell me something about the {animal}?" the teacher asked.
    - "Today we talk about the {animal}," said the teacher, and the children of {home} put away their slates.
    - It was {weekday}, and in the school of {home} {hero} and {friend} sat in the first row. The subject of the lesson was the {animal}.

    LessonClose:
    - "Very good," said the teacher, and the lesson on the {animal} was over.
    - The bell rang, and everybody went out to look for {animal:a}.
    - "Tomorrow we shall talk about the {rival}," said the teacher of {home}.

    QuizOpen:
    - {hero} and {friend} played at questions while they waited for the ferry. The subject was the {animal}.
    - What do you know about the {animal}? Here are some questions with their answers.

    QuizHome:
    - "Where does {animal:a} live?" "It lives {animalHome}."
    - Question: In what place does the {animal} live? Answer: It lives {animalHome}.
    - "Where would you look for {animal:a}?" "I would look {animalHome}," said {hero}.

    QuizFood:
    - "What do {animal:plural} eat?" "They eat {animalFoods}."
    - Question: Does the {animal} eat {animalFood}? Answer: Yes, it eats {animalFood} with pleasure.
    - "Would {animal:a} eat {rivalFood}?" asked {friend}. "I only know that it eats {animalFoods}," said {hero}.

    QuizAwake:
    - "When is it awake?" "It is active {animalAwake}."
    - Question: Is the {animal} active {animalAwake}? Answer: Yes, that is when it looks for {animalFood}.
    - "If I go out {animalAwake}, may I see one?" asked {friend}. "If you keep still," said {hero}.

    QuizHabit:
    - "What is special about the {animal}?" "It can {animalHabit}."
    - Question: What can {animal:a} do? Answer: It can {animalHabit}, and it can also {animalHabit2}.
    - "I have seen one {animalHabit}," said {friend}. "And I have seen one {animalHabit2}," said {hero}.

    QuizShelter:
    - "Where does {animal:a} sleep?" "In {animalShelter:a}."
    - Question: What does the {animal} use as a shelter? Answer: It uses {animalShelter:a}.

    QuizYoung:
    - "What is its young called?" "It is called {animalYoung:a}."
    - Question: Is {animalYoung:a} a young {animal}? Answer: Yes, because that is what one calls it.
    - "And what is {animalYoung:a}?" asked {friend}. "That is a young {animal}, of course," said {hero}.

    QuizClose:
    - Now you know more about the {animal} than most people do.
    - "One point for you," said {friend}. "Next time I will ask about the {rival}."
    """
}
