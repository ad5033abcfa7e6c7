/// Small things of daily life, each with what it is made of, what it is for and where it is kept.
struct Thing {
  let name: String
  let look: String
  let material: String
  let use: String
  let places: [String]

  static let all: [Thing] = Table.rows(5, table).map { row in
    Thing(
      name: row[0], look: row[1], material: row[2], use: row[3], places: Table.items(row[4]))
  }

  private static let table = """
    key | small and rusty | iron | open the cellar door | in the lock; on a nail; in a coat pocket
    ring | thin and plain | silver | remember a promise | on the windowsill; in a thimble; in the flour bin
    pocket watch | round and scratched | brass | catch the morning ferry | on a chain; under the pillow; in a boot
    ledger | thick and blue | paper and cloth | prove a debt | between two books; behind a picture; in an apron pocket
    whistle | short and shiny | tin | call the dog | on a string; in a drawer; in the toolbox
    fiddle | old and honey-coloured | maple | play at weddings | in its case; on a chair; behind the stove
    map | creased and stained | paper | find the way over the moor | in a tube; under the table; inside an atlas
    kettle | dented and black | copper | boil water | on the hearth; on a hook; under the bench
    lantern | square and sooty | tin and glass | walk home after dark | beside the door; in the hayloft; on a post
    purse | flat and worn | leather | carry coins | in a sleeve; under a floorboard; in the bread basket
    scarf | long and striped | wool | keep out the cold | on a peg; over a chair; on the washing line
    spoon | deep and smooth | pear wood | stir porridge | in a crock; on the shelf; in the sink
    book | thick and worn at the corners | paper and leather | look up cures | on the bedside table; under a cushion; on the top shelf
    hat | wide and floppy | straw | keep off the sun | on a scarecrow; on the hall stand; in the cart
    knife | short and sharp | steel | cut twine | in a sheath; on the chopping block; in the grass
    umbrella | large and patched | oilcloth | stay dry | in the corner; on the ferry; behind the counter
    mirror | oval and cracked | glass | signal across the valley | on the wall; in a chest; wrapped in a shawl
    button | big and blue | horn | close a winter coat | in a jar; between the floorboards; under the carpet
    brooch | leaf-shaped and green | enamel | pin up a shawl | in a box; on a collar; in the jewel tray
    basket | round and deep | willow | carry eggs | under the stairs; on the cart; beside the hen house
    bell | tiny and bright | bronze | call for supper | on a shelf; around the goat's neck; above the door
    flute | slim and dark | elder wood | play tunes at dusk | in a stocking; in the music room; on the windowsill
    compass | heavy and round | brass | steer through fog | in the boat; on the desk; in a saddlebag
    seed bag | plump and dusty | linen | sow the spring beans | in the shed; under a bucket; on a rafter
    notebook | narrow and green | paper | write down every sale | in the till; under the almanac; on the bench
    pair of spectacles | round and crooked | wire and glass | read small print | on the breadboard; in a teacup; on top of the clock
    walking stick | knotty and strong | hazel | climb the hill | in the umbrella stand; against the fence; in the wood pile
    teapot | blue and chipped | clay | welcome guests | in the cupboard; on a tray; behind the plates
    medal | old and worn smooth | gold | impress the neighbours | in a shoe; in a crack of the floor; under a flowerpot
    doll | one-eyed and soft | rags | comfort a child | in the cradle; under the bed; in the laundry
    """
}

/// A place within a town, with the preposition that people use.
struct Spot {
  let place: String
  let find: String
  let smell: String

  static let all: [Spot] = Table.rows(3, table).map { row in
    Spot(place: row[0], find: row[1], smell: row[2])
  }

  private static let table = """
    in the attic | a nest of old letters | dust and apples
    in the cellar | three bottles of plum wine | potatoes
    in the barn | a hen on seven eggs | hay
    under the bridge | a rotten oar | wet stone
    behind the church | a lost glove | cut grass
    in the orchard | a wasps' nest | ripe pears
    at the mill | a sack with a hole in it | warm flour
    at the inn | an argument about the price of barley | onions and beer
    on the market square | a crowd around a juggler | roast chestnuts
    by the well | a bucket without a bottom | moss
    in the schoolhouse | a slate full of wrong sums | chalk
    at the forge | a horse that did not want its shoes | hot iron
    in the bell tower | a family of jackdaws | old rope
    on the ferry | a goat that was travelling alone | tar
    in the stable | a cat with four kittens | straw
    behind the bakery | a heap of burnt rolls | fresh bread
    in the churchyard | a robin on a spade | yew trees
    at the post office | a parcel without an address | sealing wax
    in the hayloft | a boy who should have been at school | clover
    at the doctor's house | a jar of leeches | camphor
    on the old wall | a row of sleeping lizards | thyme
    in the wash house | a tub of frogs | soap
    in the kitchen garden | a scarecrow in a wedding coat | mint
    at the toll gate | a very long list of fines | pipe smoke
    """
}

/// A material with properties that hold in every document.
struct Material {
  let name: String
  let source: String
  let qualities: [String]
  let uses: [String]
  let weakness: String
  /// Rough figures on one scale each, for comparisons that are far enough apart to be true.
  let hardness, weight: Int

  static let all: [Material] = Table.rows(7, table).map { row in
    Material(
      name: row[0], source: row[1], qualities: Table.items(row[2]), uses: Table.items(row[3]),
      weakness: row[4], hardness: Table.number(row[5]), weight: Table.number(row[6]))
  }

  private static let table = """
    iron | is smelted from ore in a hot furnace | strong; magnetic; grey | nails; ploughs; bridges | rusts in damp air | 45 | 79
    copper | is found in veins of green rock | reddish; soft; shiny | kettles; wires; roofs | turns green in the rain | 30 | 89
    gold | is washed out of river gravel | heavy; yellow; soft | rings; coins; gilded letters | bends and scratches easily | 26 | 193
    silver | is melted out of lead ore | white; bright; soft | spoons; mirrors; medals | tarnishes in stale air | 25 | 105
    lead | is melted from a dull grey ore | heavy; grey; very soft | weights; organ pipes; fishing sinkers | is poisonous | 15 | 113
    bronze | is made by melting copper with tin | hard; golden brown; ringing | bells; statues; bearings | cracks when it is struck cold | 36 | 88
    glass | is made from sand, ash and lime | clear; hard; smooth | windows; bottles; lenses | breaks at a blow | 55 | 25
    oak | is cut from trees that grow for a century | hard; heavy; lasting | barrels; ships; beams | splits when it dries too fast | 12 | 7
    pine | is cut in the forests of the Marchwood | light; soft; fragrant | floors; crates; masts | burns quickly | 8 | 5
    cork | is the bark of an evergreen oak | light; springy; warm | stoppers; floats; soles | crumbles with age | 3 | 2
    leather | is made from hides with the help of bark | tough; supple; brown | boots; saddles; bags | grows stiff when it gets wet and dries | 6 | 9
    wool | is shorn from sheep once a year | warm; soft; elastic | blankets; coats; felt | is eaten by moths | 2 | 3
    linen | is spun from the stems of flax | cool; strong; smooth | sheets; shirts; sails | creases badly | 2 | 4
    silk | is reeled from the cocoons of a moth | fine; shiny; strong | ribbons; gowns; fishing lines | fades in the sun | 2 | 4
    paper | is made from rags or wood pulp | thin; light; cheap | books; letters; lanterns | tears and soaks up water | 1 | 8
    clay | is dug from river banks | soft when it is wet; heavy; cheap | jugs; bricks; tiles | shrinks as it dries | 4 | 18
    granite | is broken from deep old rock | hard; speckled; heavy | kerbs; millstones; monuments | is slow and costly to shape | 65 | 27
    limestone | is cut from the beds of ancient seas | pale; even; easy to carve | walls; lime; statues | is eaten by sour rain | 31 | 26
    slate | is split from dark layered rock | flat; grey; waterproof | roofs; writing tablets; floors | chips at the edges | 34 | 28
    beeswax | is made by honey bees | yellow; fragrant; soft | candles; polish; seals | melts in the sun | 1 | 9
    rope | is twisted from hemp | strong; rough; flexible | ships; bells; wells | rots if it is stored wet | 3 | 6
    salt | is won from the sea or from mines | white; brittle; soluble | cheese; ham; winter roads | draws water from the air | 21 | 22
    chalk | is formed from tiny shells | white; soft; powdery | drawing; lime; school lessons | washes away | 9 | 21
    amber | is the resin of ancient trees | golden; light; warm to the touch | beads; pipes; varnish | burns like a candle | 20 | 10
    """
}
