/// The invented country of Halvenia, fixed for every document: its places, where they lie and
/// what is known of them.
struct Town {
  let name: String
  let region: String
  let river: String
  /// Kilometres east and north of Corran, the capital.
  let east, north: Int
  let founded, people: Int
  /// The trade that the town is known for, by its name in `Trade`.
  let trade: String
  let landmark: String
  let marketDay: String

  static let all: [Town] = Table.rows(10, table).map { row in
    Town(
      name: row[0], region: row[1], river: row[2], east: Table.number(row[3]),
      north: Table.number(row[4]), founded: Table.number(row[5]), people: Table.number(row[6]),
      trade: row[7], landmark: row[8], marketDay: row[9])
  }

  /// The distance as the crow flies, in whole kilometres.
  func distance(to other: Town) -> Int {
    let (x, y) = (other.east - east, other.north - north)
    return Int(Double(x * x + y * y).squareRoot().rounded())
  }

  /// The direction to another town among the eight points of the compass.
  func direction(to other: Town) -> String {
    let (x, y) = (other.east - east, other.north - north)
    let vertical = y > 0 ? "north" : "south"
    let horizontal = x > 0 ? "east" : "west"
    // A slope of 2/5 lies close to tan 22.5°, the border between two of the eight points.
    if abs(x) * 5 <= abs(y) * 2 { return vertical }
    if abs(y) * 5 <= abs(x) * 2 { return horizontal }
    return vertical + "-" + horizontal
  }

  private static let table = """
    Corran | the Amber Plain | Lode | 0 | 0 | 912 | 48200 | printer | the Old Exchange | Saturday
    Harrowby | the Amber Plain | Lode | 22 | -8 | 1044 | 6300 | miller | the Seven Sluices | Tuesday
    Penwick | the Amber Plain | Lode | 41 | -15 | 1101 | 3900 | baker | the Corn Cross | Thursday
    Ashbourne | the Amber Plain | Sill | -18 | -27 | 1156 | 5200 | wheelwright | the Round Barn | Friday
    Millbeck | the Amber Plain | Sill | -9 | -12 | 1210 | 2100 | brewer | the Hop Tower | Wednesday
    Tansley | the Amber Plain | Sill | -31 | -41 | 1189 | 2800 | beekeeper | the Lime Walk | Monday
    Wrenfield | the Amber Plain | Lode | 12 | 17 | 1233 | 1700 | thatcher | the Green Pond | Friday
    Saltmarsh | the Saltcoast | Lode | 88 | -29 | 1003 | 7400 | saltmaker | the White Sheds | Wednesday
    Gullhaven | the Saltcoast | Merrow | 97 | -52 | 1077 | 9100 | fisherman | the Long Pier | Saturday
    Port Esker | the Saltcoast | Merrow | 91 | -71 | 968 | 22500 | ropemaker | the Blue Lighthouse | Tuesday
    Sandrock | the Saltcoast | Merrow | 84 | -60 | 1262 | 1500 | lighthouse keeper | the Broken Arch | Thursday
    Kelby | the Saltcoast | Lode | 79 | -18 | 1301 | 1200 | basketmaker | the Willow Dyke | Monday
    Brinewell | the Saltcoast | Merrow | 72 | -66 | 1288 | 2600 | glassblower | the Glass Tower | Friday
    Stonehallow | the Highfell | Carn | -52 | 63 | 1018 | 4800 | stonemason | the Giant's Stair | Saturday
    Cragmoor | the Highfell | Carn | -61 | 80 | 1175 | 1900 | shepherd | the Cold Gate | Thursday
    Ironbeck | the Highfell | Carn | -40 | 71 | 1097 | 5700 | smith | the Nine Hammers | Tuesday
    Bellfount | the Highfell | Carn | -33 | 58 | 1139 | 3300 | bell founder | the Singing Tower | Monday
    Eaglesby | the Highfell | Ister | -74 | 69 | 1244 | 900 | cheesemaker | the Windy Chapel | Friday
    Snowden Cross | the Highfell | Ister | -83 | 91 | 1320 | 600 | tanner | the Wayfarers' Hut | Wednesday
    Oakhurst | the Marchwood | Sill | -64 | -22 | 1061 | 4100 | cooper | the King Oak | Thursday
    Birchley | the Marchwood | Sill | -78 | -35 | 1198 | 1600 | carpenter | the Sawpit Bridge | Saturday
    Fernwick | the Marchwood | Ister | -70 | 8 | 1222 | 2300 | dyer | the Painted Mill | Tuesday
    Hollowmere | the Marchwood | Ister | -58 | 19 | 1150 | 1400 | papermaker | the Rag Wheel | Monday
    Foxcombe | the Marchwood | Sill | -92 | -19 | 1276 | 800 | gamekeeper | the Fox Stone | Wednesday
    Alderton | the Marchwood | Sill | -49 | -38 | 1088 | 3700 | instrument maker | the Fiddlers' Hall | Friday
    Lakeside | the Lakelands | Vey | 38 | 49 | 1112 | 5900 | ferryman | the Swan Steps | Saturday
    Marlow Bridge | the Lakelands | Vey | 27 | 36 | 1033 | 6800 | weaver | the Eleven Arches | Wednesday
    Heronsford | the Lakelands | Vey | 51 | 62 | 1207 | 1300 | potter | the Clay Bank | Tuesday
    Reedham | the Lakelands | Vey | 59 | 45 | 1254 | 2000 | candlemaker | the Rush House | Thursday
    Tarnside | the Lakelands | Vey | 66 | 73 | 1311 | 700 | gardener | the Pear Wall | Monday
    Otterbourne | the Lakelands | Vey | 46 | 30 | 1168 | 3100 | tailor | the Needle Gate | Friday
    Northgate | Northmoor | Thule | 5 | 96 | 1051 | 4400 | clockmaker | the Frost Clock | Tuesday
    Peatling | Northmoor | Thule | -12 | 88 | 1229 | 1100 | cobbler | the Black Pool | Saturday
    Ravensworth | Northmoor | Thule | 20 | 110 | 1125 | 2500 | bookbinder | the Raven Library | Wednesday
    Heatherlow | Northmoor | Thule | -22 | 103 | 1295 | 500 | mapmaker | the Measuring Stone | Thursday
    Windlestraw | Northmoor | Thule | 13 | 121 | 1333 | 400 | teacher | the Little School | Monday
    """
}

struct Region {
  let name: String
  let lies: String
  let land: String
  let grows: String
  let known: String
  let seat: String

  static let all: [Region] = Table.rows(6, table).map { row in
    Region(
      name: row[0], lies: row[1], land: row[2], grows: row[3], known: row[4], seat: row[5])
  }

  private static let table = """
    the Amber Plain | in the middle of the country | wide fields without a hill in sight | wheat, barley and hops | long straight roads and wide skies | Corran
    the Saltcoast | in the south-east, along the Grey Sea | dunes, salt marshes and low cliffs | samphire, sea kale and hardy rye | fishing boats and white salt | Port Esker
    the Highfell | in the north-west | steep green slopes under bare rock | oats and mountain hay | stone, iron and sheep | Ironbeck
    the Marchwood | in the west | deep forest with small clearings | hazelnuts, mushrooms and bilberries | timber and fine colours | Oakhurst
    the Lakelands | in the north-east | blue lakes between gentle hills | pears, plums and flax | clear water and good cloth | Marlow Bridge
    Northmoor | in the far north | open moor with peat and heather | oats, turnips and cloudberries | cold winters and patient people | Northgate
    """
}

struct River {
  let name: String
  let rises: String
  let ends: String
  let length: Int
  let character: String

  static let all: [River] = Table.rows(5, table).map { row in
    River(
      name: row[0], rises: row[1], ends: row[2], length: Table.number(row[3]), character: row[4])
  }

  private static let table = """
    Lode | in the springs above Wrenfield | in the Grey Sea at Saltmarsh | 124 | slow and brown
    Sill | under the oaks of the Marchwood | in the Lode near Corran | 127 | quiet and deep
    Merrow | in the chalk hills west of Brinewell | in the Grey Sea at Port Esker | 46 | short and clear
    Carn | on the slopes of Mount Orrin | in the Ister near Hollowmere | 92 | fast and cold
    Ister | in a tarn near Snowden Cross | in the Sill near Oakhurst | 141 | narrow and full of trout
    Vey | in the Mirror Lake | in the Lode near Penwick | 104 | wide and gentle
    Thule | in the peat bogs of Northmoor | in the Mirror Lake at Tarnside | 96 | dark as tea
    """
}

struct Mountain {
  let name: String
  let metres: Int
  let feature: String

  static let all: [Mountain] = Table.rows(3, table).map { row in
    Mountain(name: row[0], metres: Table.number(row[1]), feature: row[2])
  }

  private static let table = """
    Mount Orrin | 2140 | carries snow on its northern side all summer
    the Anvil | 1870 | has a flat top where nothing grows but moss
    Old Bellman | 1655 | rings with echoes when the wind is in the west
    the Three Sisters | 1590 | is really one mountain with three peaks
    Cold Shoulder | 1420 | hides a hut for travellers just below the pass
    Raven Pike | 1385 | is the home of many hundred ravens
    Sheepback | 980 | is so gentle that sheep graze on its very top
    Lantern Hill | 610 | used to carry a beacon that warned of raids
    """
}
