/// Tables of general knowledge: the planets are real, the games are those of Halvenia.
enum Knowledge {
  /// Name, kind, size against the earth, what makes it special, its year, its moons.
  static let planets: [[String]] = Table.rows(6, planetTable)
  /// Name, players a side, minutes, field, equipment, how a point is won, its value, what is
  /// forbidden, the town that claims it.
  static let games: [[String]] = Table.rows(9, gameTable)
  static let clouds: [[String]] = Table.rows(3, cloudTable)
  static let wetness: [[String]] = Table.rows(2, wetTable)
  static let opposites: [[String]] = Table.rows(2, oppositeTable)

  private static let planetTable = """
    Mercury | a small planet of rock | much smaller | is full of craters and has hardly any air | 88 days | no moons
    Venus | a planet of rock | a little smaller | is covered by thick clouds and is hotter than an oven | 225 days | no moons
    Mars | a planet of rock | smaller | is red because there is rust in its dust | 687 days | two small moons
    Jupiter | a giant planet of gas | much bigger | carries a red storm that is wider than the earth | about 12 years | dozens of moons
    Saturn | a giant planet of gas | much bigger | is surrounded by bright rings of ice | about 29 years | dozens of moons
    Uranus | a giant planet of ice and gas | bigger | lies on its side as it rolls around the sun | about 84 years | more than twenty moons
    Neptune | a giant planet of ice and gas | bigger | is blue and has the fastest winds of all | about 165 years | more than ten moons
    """

  private static let gameTable = """
    Ringball | 7 | 40 | on a meadow | a leather ball and two iron rings | the ball flies through a ring | one point | to hold the ball for more than three steps | Harrowby
    Gatehop | 5 | 30 | on a paved square | chalk and a flat stone | a player hops through all six gates | two points | to touch the chalk lines | Corran
    Stickrun | 9 | 60 | on a frozen lake | curved sticks and a wooden disc | the disc crosses the goal line | one point | to lift the stick above the shoulder | Northgate
    Wallball | 2 | 20 | against a high wall | a rubber ball | the other side misses the ball twice | one point | to catch the ball with both hands | Stonehallow
    Floatrace | 4 | 50 | on the water | rafts and poles | a raft passes a buoy first | three points | to push another raft with the pole | Lakeside
    Netcatch | 6 | 30 | on the beach | nets with long handles | a thrown fish of cloth lands in the net | two points | to leave the circle | Gullhaven
    Barrelpush | 3 | 24 | on a slope | an empty barrel | the barrel reaches the upper line | five points | to kick the barrel | Oakhurst
    Hatsteal | 8 | 36 | in a wood | old hats | a player brings home a hat of the other team | one point | to hide a hat under the shirt | Birchley
    """

  private static let cloudTable = """
    feather | thin and white, high up in the sky | a change within a day
    heap | white and round, with flat bottoms | fair weather
    tower | dark and as tall as mountains | thunder and hail
    layer | grey and even from edge to edge | steady rain
    fog | white and so low that one can walk through them | a quiet and damp morning
    sheep | small and woolly, in long rows | rain within two days
    anvil | wide at the top and black below | a violent storm
    lens | smooth and shaped like a dish | strong wind in the mountains
    """

  private static let wetTable = """
    rain | forms when tiny drops in a cloud join and become too heavy to float
    snow | forms when water freezes into crystals high in the clouds
    hail | forms when drops are carried up again and again and freeze in layers
    dew | settles on the grass when the night air cools
    frost | grows when moisture freezes on cold surfaces
    fog | is a cloud that touches the ground
    thunder | is the sound of air that lightning has heated
    ice | grows on still water when it freezes, and it floats because it is lighter than water
    """

  static let signs = [
    "red sky in the evening means a fine morning",
    "swallows that fly low bring rain",
    "smoke that falls to the ground means a change",
    "a ring around the moon is followed by rain",
    "when spiders leave their webs, a storm is near",
    "many berries in autumn mean a hard winter",
    "when distant hills look close, it will rain",
    "a warm February makes a cold spring",
    "when cats wash behind their ears, guests or showers are coming",
    "bees that stay in the hive know more than the almanac",
    "morning fog in August brings fine days",
    "when the frogs are loud, the night will be mild",
    "gulls on the fields mean wind on the sea",
    "if it thunders before breakfast, it will be dry at supper",
  ]

  private static let oppositeTable = """
    hot | cold
    early | late
    heavy | light
    full | empty
    wide | narrow
    deep | shallow
    old | young
    rough | smooth
    loud | quiet
    rich | poor
    brave | timid
    sweet | sour
    wet | dry
    open | closed
    sharp | blunt
    thick | thin
    strong | weak
    bright | dark
    tame | wild
    near | far
    cheap | dear
    generous | mean
    polite | rude
    clean | dirty
    true | false
    asleep | awake
    common | rare
    tight | loose
    straight | crooked
    fresh | stale
    """

  static let nouns = [
    "child", "foot", "goose", "half", "knife", "leaf", "loaf", "man", "mouse", "sheaf", "sheep",
    "shelf", "thief", "tooth", "wolf", "woman", "calf", "potato", "tomato", "hero", "echo", "ox",
    "scarf", "box", "bush", "church", "city", "lady", "story", "key", "monkey", "toy", "boat",
    "house", "horse", "bridge", "watch", "glass", "brush", "peach", "candle", "window", "ladder",
    "pebble", "turtle", "violin", "anchor", "blossom", "chimney", "donkey", "valley", "berry",
    "pony", "puppy", "cherry", "ferry", "fairy", "bench", "branch", "torch", "wish", "dish", "fox",
    "tax", "bus", "lens", "hoof", "cave", "stove", "cliff", "chief", "belief", "roof", "needle",
    "island", "orange", "apron", "engine", "orchard", "uncle", "owl", "umbrella", "acorn",
    "hammer", "saddle", "button", "pillow", "carpet", "curtain", "garden", "kitten", "lantern",
  ]

  static let verbs = [
    "begin", "bite", "blow", "break", "build", "catch", "choose", "come", "dig", "draw", "drink",
    "drive", "eat", "fall", "feed", "fight", "fly", "forget", "freeze", "give", "go", "grow",
    "hide", "hold", "keep", "kneel", "learn", "lend", "lose", "make", "meet", "pay", "read",
    "ride", "rise", "run", "see", "sell", "sew", "shake", "sing", "sit", "sleep", "slide", "speak",
    "spin", "stand", "steal", "swim", "swing", "teach", "tell", "think", "throw", "understand",
    "wake", "weave", "win", "write", "walk", "stop", "carry", "plan", "hope", "hop", "try", "cry",
    "dance", "knit", "paint", "laugh", "whistle", "jump", "climb", "cook", "study", "skip", "mend",
    "admit", "listen", "wonder", "hurry", "worry", "clap", "hum", "drop", "wave",
  ]

  static let adjectives = [
    "big", "small", "old", "hard", "smooth", "grey", "heavy", "cold", "high", "wide", "rough",
    "steep", "bare", "lonely", "quiet", "mighty", "dark", "ugly", "good", "silent", "stubborn",
    "beautiful", "dangerous", "patient", "wet", "flat", "mysterious", "strange", "famous", "proud",
    "sleepy", "dirty", "hot", "thin", "bad", "calm", "dry", "lovely", "powerful", "wonderful",
  ]
}
