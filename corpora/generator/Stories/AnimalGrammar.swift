/// Somebody helps an animal, and the animal, true to its habits, gives something back.
enum AnimalGrammar {
  static let text = """
    rescue:
    - {Setting} {Trait} ¶ {Sky} {RescueFind} {RescueState} ¶ {RescueDoubt} {RescueCare} {RescueFood} ¶ {RescueLearn}
      {AskFriend} {RescueAdvice} ¶ {Later} {RescueFree} ¶ {RescueTrouble} {RescueReturn} ¶ {RescueMoral} {Ending}
    - {Sky} {Setting} {RescueFind} {RescueState} ¶ {RescueCare} {RescueFood} {RescueLearn} ¶ {RescueDoubt} {RescueFree}
      ¶ {RescueTrouble} {RescueReturn} {RescueMoral} {Ending}

    RescueFind:
    - On the way home {hero:he} heard a faint sound {spotA}, and when {hero:he} looked closer, {hero:he} found {animal:a}.
    - {spotA} {hero:he} almost stepped on {animal:a}, which lay there without moving.
    - "What have we here?" said {hero} and bent down. It was {animal:a}, {wounded}.
    - {hero:he} was on {hero:his} way to {task} when {hero:he} saw {animal:a} {spotA}.
    - A crowd of boys stood {spotA}, and in the middle of them sat {animal:a}, {wounded}.

    RescueState:
    - The {animal} was {wounded}, and its eyes were [half closed|wide with fear|dull].
    - It was so weak that it did not even try to [escape|bite|hide].
    - Its heart beat so fast that {hero} could feel it through the cloth of {hero:his} coat.
    - {hero:he} knew that {animal:a} lives {animalHome}, so this one was far from where it belonged.

    RescueDoubt:
    - "What do you want with {animal:a}?" asked a neighbour. "It will die before {weekday}."
    - {friend} was not sure that it was wise. "{animal:a} belongs {animalHome}," {friend:he} said, "and not in a {workplace}."
    - "You have work to do," said the [innkeeper|miller's wife|postman], "and {animal:a} won't pay you." {hero} did not listen.
    - People [shook their heads|laughed a little], but {hero} was {trait}, and {hero:his} mind was made up.

    RescueCare:
    - {hero:he} wrapped it in {hero:his} scarf, carried it home and put it into a box [beside the stove|lined with straw|under the table].
    - {hero:he} washed the wound with warm water and bound it up with a strip of {linen}.
    - Every night {hero:he} got up at {hour:words} o'clock to look after it.
    - {hero:he} made a bed of [hay|moss|dry leaves|wood shavings], because {animal:a} likes something like {animalShelter:a}.

    RescueFood:
    - At first it refused to eat, but when {hero:he} brought {animalFood}, which is what {animal:a} likes best, it [ate everything|ate a little|could not resist].
    - {hero:he} offered it bread, and it turned away; then {hero:he} remembered that {animal:plural} eat {animalFood}.
    - "You want {animalFood}, don't you?" said {hero}, and went out to look for some.
    - It was not easy to find {animalFood} in {month}, but {hero} managed it.

    RescueLearn:
    - As the days went by, {hero} saw with {hero:his} own eyes that the {animal} could {animalHabit}.
    - {hero:he} noticed that it was most lively {animalAwake}, and {hero:he} learnt to sleep at other times.
    - By the end of the week it had begun to {animalHabit}, just as the books say.
    - In a book from the library {hero:he} read that {animal:a} may {animalHabit}, and that it lives {animalHome}.

    RescueAdvice:
    - "A wild {animal} is not a pet," {friend:he} said. "When it can {animalHabit2} again, you must let it go."
    - "How much does it weigh?" asked {friend}. "It has grown heavier every day," {hero} said proudly.
    - "I had {animal:a} in my [garden|woodshed|yard] once," {friend:he} said. "It would {animalHabit2}, and I have never forgotten it."

    RescueFree:
    - [After {days:words} weeks|When {month} was nearly over|One {weekday} evening], {hero} carried the box to a spot where {animal:plural} live and opened the lid. The {animal} looked back once, and then it was gone.
    - When the wound had healed, {hero} took the {animal} to a spot that had everything {animal:plural} need, and it began to {animalHabit2} at once.
    - It was hard to say goodbye, but {hero:he} opened the door one evening, and the {animal} went back to its life {animalHome}.
    - "Off with you," said {hero} in a rough voice. The {animal} hesitated, and then it disappeared without a sound.

    RescueTrouble:
    - The next {otherSeason}, {hero} was on the road when {danger}.
    - A year later, {hero:he} was in trouble: {danger}.
    - {hero:he} had nearly forgotten it when one night {danger}.
    - {more:words} months passed. Then came a day when {danger}.

    RescueReturn:
    - Just then something moved in front of {hero:him}: it was the {animal}, and {hero:he} knew it by the scar. It {rescueDeed}.
    - {hero:he} rubbed {hero:his} eyes, for there sat the {animal}, and it was not alone, as {animalYoung:plural} were with it. It {rescueDeed}.
    - And who appeared? It was the {animal} of last year! It {rescueDeed}, and {hero} was saved.
    - A small shadow [came|crept|slipped] out of the dark. "Is that you, my {animal}?" whispered {hero}. The {animal} {rescueDeed}.

    RescueMoral:
    - "Whoever helps the small ones is helped by them," said {friend} when {friend:he} heard about it.
    - Nobody in {home} laughed about {animal:plural} after that.
    - {hero} told the story to everyone, and some even believed it.
    - Since that day there has been [a bowl of water|a little heap of {animalFood}|an open gate] behind the {workplace} every {season}.

    linen:
    - [clean|old|white] linen
    - [clean|soft] cotton

    wounded:
    - caught in a piece of wire
    - soaked and shivering
    - too tired to stand
    - half frozen
    - with a thorn in its side
    - thin as a ribbon
    - tangled in an old net

    danger:
    - {hero:he} lost the path in thick fog, with the bog on both sides
    - the lamp went out in the middle of the forest
    - {hero:he} slipped and hurt {hero:his} ankle, far from any house
    - a fire broke out behind the {workplace} while everybody slept
    - {hero:he} dropped {hero:his} only key into the reeds
    - snow covered every mark on the road across the pass

    rescueDeed:
    - led {hero:him}, step by step, to a place that {hero:he} knew
    - made so much noise that people came with lanterns
    - ran ahead, waited and ran ahead again until {hero:he} saw the lights of {home}
    - would not let {hero:him} go on, and a moment later the ground gave way just there
    """
}
