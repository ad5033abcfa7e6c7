/// A dish with what goes into it and how it is made, the same wherever it is named.
struct Dish {
  let name: String
  let kind: String
  let region: String
  /// Ingredients as "amount-noun:stuff", scaled by the number of people.
  let ingredients: [(base: Int, unit: String, stuff: String)]
  let steps: [String]
  let minutes: Int
  let secret: String

  static let all: [Dish] = Table.rows(7, table).map { row in
    let ingredients = Table.items(row[3]).map { item in
      let parts = item.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
      precondition(parts.count == 3, "dish: expected base,unit,stuff: \(item)")
      return (Table.number(String(parts[0])), String(parts[1]), String(parts[2]))
    }
    return Dish(
      name: row[0], kind: row[1], region: row[2], ingredients: ingredients,
      steps: Table.items(row[4]), minutes: Table.number(row[5]), secret: row[6])
  }

  /// The ingredients for some people: "two cups of flour".
  func amounts(people: Int) -> [String] {
    ingredients.map { base, unit, stuff in
      let count = base * people
      return unit.isEmpty
        ? Numerals.count(count, stuff) : Numerals.count(count, unit) + " of " + stuff
    }
  }

  private static let table = """
    onion soup | soup | the Amber Plain | 2,,onion;1,spoon,butter;1,cup,broth;1,slice,bread | peel and slice the onions; melt the butter in a heavy pot; cook the onions slowly until they are brown; pour in the broth; let the soup simmer; lay toasted bread on top | 50 | the onions must be brown and never black
    pear tart | cake | the Lakelands | 1,cup,flour;1,,pear;1,spoon,sugar;1,spoon,butter | rub the butter into the flour; add a little cold water; roll out the dough; cut the pears into thin slices; lay them in circles; sprinkle the sugar over them; bake the tart until it is golden | 55 | the butter has to be cold
    bean stew | stew | the Saltcoast | 1,cup,beans;1,,carrot;1,,onion;1,pinch,salt | soak the beans overnight; chop the carrots and the onions; boil the beans until they are soft; add the vegetables; season the stew with salt | 90 | salt goes in at the very end
    oat porridge | breakfast | Northmoor | 1,cup,oats;2,cup,water;1,pinch,salt;1,spoon,honey | bring the water to the boil; stir in the oats; add the salt; stir until the porridge is thick; serve it with honey | 15 | you have to stir in one direction
    fish pie | pie | the Saltcoast | 1,piece,white fish;2,,potato;1,cup,milk;1,spoon,butter | boil the potatoes; poach the fish in the milk; flake the fish into a dish; mash the potatoes with butter; spread the mash over the fish; bake the pie until the top is crisp | 65 | the milk from the fish goes into the mash
    nut bread | bread | the Marchwood | 2,cup,flour;1,handful,hazelnuts;1,spoon,yeast;1,cup,water | mix the yeast with warm water; knead it into the flour; work in the nuts; let the dough rise under a cloth; shape a round loaf; bake it on a hot stone | 150 | the nuts are roasted first
    mushroom omelette | supper | the Marchwood | 2,,egg;1,handful,mushrooms;1,spoon,butter;1,pinch,salt | clean the mushrooms with a dry cloth; fry them in the butter; beat the eggs with the salt; pour the eggs over the mushrooms; fold the omelette in half | 20 | the pan must be hot before the eggs go in
    apple dumplings | dessert | the Amber Plain | 1,,apple;1,cup,flour;1,spoon,sugar;1,pinch,cinnamon | make a soft dough from flour and water; core the apples; fill them with sugar and cinnamon; wrap each apple in dough; boil the dumplings until they float | 40 | the apples should be sour
    lamb stew | stew | the Highfell | 1,piece,lamb;1,,turnip;1,,onion;1,cup,broth | brown the lamb on all sides; add the chopped onions; cut the turnips into cubes; cover everything with broth; let the stew cook over a low fire | 140 | it tastes better on the second day
    pumpkin soup | soup | the Lakelands | 1,slice,pumpkin;1,,onion;1,cup,broth;1,spoon,cream | cut the pumpkin into cubes; fry the onions until they are soft; add the pumpkin and the broth; cook until a fork goes in easily; press the soup through a sieve; stir in the cream | 45 | a pinch of nutmeg makes it sing
    cheese dumplings | supper | the Highfell | 1,cup,grated cheese;1,,egg;1,cup,flour;1,pinch,salt | mix the cheese with the eggs; work in the flour and the salt; form small balls with wet hands; drop them into boiling water; lift them out when they rise | 35 | the water must hardly move
    plum jam | preserve | the Lakelands | 3,cup,plums;2,cup,sugar;1,spoon,lemon juice | halve the plums and take out the stones; cover them with sugar; leave them until the juice runs; boil the fruit for a quarter of an hour; stir in the lemon juice; fill the jam into clean jars | 60 | a drop on a cold plate shows whether it is set
    pickled herring | snack | the Saltcoast | 2,,herring;1,cup,vinegar;1,,onion;1,spoon,sugar | rinse the herrings in cold water; slice the onions into rings; boil the vinegar with the sugar; let the liquid cool; layer fish and onions in a jar; pour the liquid over them | 30 | the jar has to rest for three days
    ginger cake | cake | Northmoor | 2,cup,flour;1,spoon,ginger;2,spoon,honey;1,,egg | warm the honey in a small pan; beat in the eggs; sift the flour with the ginger; mix everything into a smooth batter; pour it into a buttered tin; bake the cake in a gentle oven | 70 | it should stay in its tin for a night
    herb cheese | snack | the Amber Plain | 2,cup,milk;1,spoon,vinegar;1,handful,herbs;1,pinch,salt | heat the milk until it steams; stir in the vinegar; wait until curds form; pour the curds into a cloth; press out the whey; mix in the chopped herbs and the salt | 40 | the milk must be very fresh
    barley salad | salad | the Amber Plain | 1,cup,barley;1,,tomato;1,spoon,oil;1,pinch,salt | boil the barley until it is tender; drain it and let it cool; dice the tomatoes; toss everything with oil and salt | 45 | the dressing goes on while the barley is warm
    carrot cake | cake | the Lakelands | 2,,carrot;1,cup,flour;1,,egg;1,spoon,sugar | grate the carrots finely; beat the eggs with the sugar; fold in the flour and the carrots; fill the batter into a tin; bake the cake until a straw comes out clean | 65 | the carrots are squeezed out before they go in
    cabbage rolls | supper | Northmoor | 2,leaf,cabbage;1,cup,cooked rice;1,,onion;1,cup,broth | boil the cabbage leaves until they bend; mix the rice with chopped onions; put a spoonful on every leaf; roll the leaves up tightly; lay them side by side in a pot; cook them gently in the broth | 60 | the thick rib of each leaf has to be cut away
    """
}
