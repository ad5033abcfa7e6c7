/// A kind of weather that holds through a scene.
struct Weather {
  let season: String
  let noun: String
  /// Past-tense clauses: what the sky did, how the ground was, what people did about it.
  let sky, ground, people: String
  /// How it ended.
  let end: String

  static let all: [Weather] = Table.rows(6, table).map { row in
    Weather(
      season: row[0], noun: row[1], sky: row[2], ground: row[3], people: row[4], end: row[5])
  }

  private static let table = """
    spring | rain | a soft rain fell on the roofs and the gardens | the lanes shone like wet slate | people hurried along under the eaves | the rain thinned and stopped
    spring | wind | a fresh wind chased the clouds | blossom lay on every path | people held on to their hats | the wind dropped at last
    spring | sunshine | the sun had some warmth in it again | the ground was soft and smelled of earth | people opened their windows wide | a few clouds came up and went away again
    spring | hail | hail rattled on the tiles | the gutters were full of white grains | people ran for the nearest doorway | the hail stopped as quickly as it had come
    spring | mist | a white mist lay over the {river} | the grass was heavy with dew | people greeted each other by their voices | the mist lifted and the hills came back
    summer | heat | the air trembled over the fields | the road was white with dust | people kept to the shady side of the street | a cool breeze came up
    summer | thunder | thunder rolled behind the hills | the dust smelled of rain to come | people took in their washing | the storm moved off, grumbling
    summer | sunshine | the sky was blue from edge to edge | the grass was dry and full of crickets | people sat in front of their doors until late | the light turned golden
    summer | a shower | a warm shower drummed on the leaves | small streams ran down the ruts of the road | people laughed and let themselves get wet | the shower passed and everything steamed
    autumn | fog | fog had crept up from the {river} | wet leaves covered the steps | people carried lanterns in the middle of the day | the fog tore open and let the sun through
    autumn | storm | a storm shook the shutters | branches and tiles lay in the street | people stayed close to their fires | the storm blew itself out
    autumn | drizzle | a fine drizzle hung in the air | the ruts were filled with muddy water | people turned up their collars | the drizzle ended and a pale sun looked out
    autumn | sunshine | a low sun gilded the stubble | dry leaves rustled underfoot | people brought in the last apples | the shadows grew long
    autumn | frost | the first frost had whitened the meadows | the puddles wore a skin of ice | people rubbed their hands and walked faster | the frost melted
    winter | snow | snow fell in large slow flakes | the drifts reached up to the windowsills | people dug narrow paths from door to door | the snow stopped
    winter | frost | a hard frost had silenced the {river} | the ground rang like iron | people wrapped scarves around their faces | the frost loosened its grip
    winter | sleet | sleet blew in from the side | the street was grey with slush | people walked with their heads down | the sleet turned into quiet rain
    winter | a blizzard | a blizzard howled around the chimneys | nobody could see where the road was | people tied ropes between the houses | the blizzard died down
    winter | stillness | the winter sky was clear and pale | the snow squeaked under every step | people's breath stood in the air like smoke | the cold grew even sharper
    """
}

enum Calendar {
  static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  static let months: [(name: String, days: Int, season: String)] = [
    ("January", 31, "winter"), ("February", 28, "winter"), ("March", 31, "spring"),
    ("April", 30, "spring"), ("May", 31, "spring"), ("June", 30, "summer"),
    ("July", 31, "summer"), ("August", 31, "summer"), ("September", 30, "autumn"),
    ("October", 31, "autumn"), ("November", 30, "autumn"), ("December", 31, "winter"),
  ]

  /// A festival of Halvenia: month, day, name, what people do, what they eat, what it recalls.
  struct Festival {
    let month: String
    let day: Int
    let name, custom, food, origin: String
  }

  static let festivals: [Festival] = Table.rows(6, festivalTable).map { row in
    Festival(
      month: row[0], day: Table.number(row[1]), name: row[2], custom: row[3], food: row[4],
      origin: row[5])
  }

  private static let festivalTable = """
    January | 6 | Lantern Night | hang a lamp in every window | ginger cake | the winter when all of Northgate searched for a lost child
    February | 14 | Thaw Day | throw the last snowballs and burn an old broom | onion soup | the end of the Long Frost
    March | 21 | Plough Sunday | bless the ploughs and race carts | seed bread | the first furrow that was ever drawn in the Amber Plain
    April | 9 | the Rope Pull | pull a rope across the {river} until one side gets wet | pickled herring | a quarrel between Port Esker and Gullhaven
    May | 1 | Green Morning | dance before sunrise and wear birch leaves | fresh cheese with herbs | the founding of Oakhurst
    June | 24 | the Night of Fires | light fires on the hills and tell stories until dawn | roast lamb | the beacon of Lantern Hill
    July | 15 | Boat Day | decorate boats and sail them in a long line | pear tart | the first ferry on the Mirror Lake
    August | 20 | Bread Day | bake one loaf together that feeds the whole town | new bread with salt | the good harvest after the three dry years
    September | 29 | Bell Day | ring every bell in the country at noon | apple cake | the casting of the great bell of Bellfount
    October | 31 | Quiet Evening | sit without speaking until the first star is seen | pumpkin soup | the people who crossed the moor and never came back
    November | 11 | Coat Day | give a warm coat to someone who has none | roast goose | a tailor of Otterbourne who gave away his own
    December | 21 | Long Night | stay awake and play music until the sun rises | nut bread | the night that the Frost Clock stopped and started again
    """
}
