/// A trade of the country: the same in every story and every article.
struct Trade {
  let name: String
  let workplace: String
  /// Verb phrases.
  let tasks: [String]
  let tool: String
  /// What the trade makes or gives, as a count noun.
  let product: String
  /// What the trade works with, as a mass noun or a plural.
  let material: String
  /// What every master tells a learner.
  let rule: String

  static let all: [Trade] = Table.rows(7, table).map { row in
    Trade(
      name: row[0], workplace: row[1], tasks: Table.items(row[2]), tool: row[3], product: row[4],
      material: row[5], rule: row[6])
  }

  private static let table = """
    baker | bakery | knead dough; shape loaves; heat the oven | wooden peel | loaf | flour | good dough can't be hurried
    cooper | cooperage | bend staves; fit hoops; cut barrel heads | hoop driver | barrel | oak | a barrel is only as tight as its worst stave
    potter | pottery | throw pots; mix glazes; stack the kiln | turning wheel | jug | clay | wet hands make smooth walls
    weaver | weaving shed | wind yarn; set up the loom; weave cloth | shuttle | blanket | wool | you must count the threads before you begin
    miller | mill | grind corn; dress the millstones; fill sacks | mill bill | sack of flour | grain | the stones must never run dry
    smith | forge | shoe horses; mend ploughs; sharpen blades | hammer | gate hinge | iron | iron has to be struck while it glows
    carpenter | workshop | saw planks; cut joints; plane boards | plane | chest | timber | it is better to measure twice and cut once
    glassblower | glass house | blow bottles; melt sand; cool the glass | blowpipe | bottle | sand | the pipe must never stop turning
    candlemaker | candle shop | dip wicks; melt wax; trim candles | dipping frame | candle | beeswax | wax must cool slowly
    beekeeper | bee garden | smoke the hives; gather honey; catch swarms | smoker | jar of honey | honeycomb | bees stay calm when you move slowly
    shepherd | sheepfold | count the flock; shear sheep; watch over lambs | crook | fleece | wool | the slowest lamb sets the pace
    fisherman | boathouse | mend nets; haul lines; dry the catch | net | basket of fish | twine | the weather deserves more respect than the fish
    gardener | walled garden | prune pear trees; sow beans; turn the soil | spade | basket of pears | compost | it is better to feed the soil than the plant
    clockmaker | clock shop | clean gears; wind springs; set the hands | small screwdriver | clock | brass | dust is the enemy of time
    tailor | tailor's shop | cut cloth; sew seams; press coats | pair of shears | coat | linen | the pin goes in before the needle
    cobbler | cobbler's shop | sole boots; stitch leather; oil old shoes | awl | boot | leather | both feet are never quite alike
    tanner | tanyard | soak hides; scrape skins; grind bark | scraping knife | leather strap | oak bark | patience makes soft leather
    printer | print shop | set type; ink the plates; fold sheets | composing stick | almanac | paper | every line should be read backwards once
    bookbinder | bindery | sew pages; glue spines; stamp covers | bone folder | book | leather and thread | glue has to dry overnight
    stonemason | stone yard | dress blocks; lay walls; carve steps | chisel | doorstep | limestone | every stone has a bed to lie on
    thatcher | reed barn | cut reeds; patch roofs; bind bundles | leaf rake | bundle of reeds | reed | you start at the eaves and end at the ridge
    ropemaker | rope walk | twist strands; stretch cords; tar ropes | spinning hook | coil of rope | hemp | three weak strands make one strong rope
    wheelwright | wheel shop | turn hubs; fit spokes; bend rims | spoke shave | cart wheel | ash wood | a wheel must be true before it is strong
    basketmaker | willow shed | soak willow; weave baskets; strip bark | bodkin | basket | willow | willow is worked while it is damp
    dyer | dye house | boil roots; stir vats; dry yarn | stirring pole | skein of yarn | madder and woad | colour looks darker when it is wet
    cheesemaker | dairy | warm milk; cut curds; turn cheeses | curd knife | wheel of cheese | milk | clean hands come before good cheese
    brewer | brewhouse | toast barley; stir the mash; wash barrels | mash paddle | cask of ale | barley | a clean cask keeps good ale
    ferryman | ferry landing | pole the ferry; tie up boats; watch the current | long pole | carved oar | rope and tar | you have to read the water before you cross it
    gamekeeper | lodge | mark old trees; mend fences; feed the deer | billhook | bundle of firewood | hazel | whoever walks softly sees twice as much
    doctor | surgery | dress wounds; mix medicines; visit the sick | leather bag | bottle of syrup | herbs | listening comes before speaking
    teacher | schoolhouse | mark slates; ring the school bell; teach sums | pointer | copybook | chalk | a question is half of an answer
    lighthouse keeper | lighthouse | polish the lamp; log the ships; trim the wick | oil can | signal lamp | lamp oil | the lamp is lit before the sun is gone
    bell founder | foundry | melt bronze; shape moulds; tune bells | casting ladle | bell | bronze | a bell shows every mistake that its maker hides
    instrument maker | music shop | carve necks; string fiddles; varnish wood | gouge | fiddle | maple | you have to listen to the wood before you cut it
    papermaker | paper mill | beat rags; dip moulds; hang sheets | dipping mould | ream of paper | linen rags | an even shake makes an even sheet
    saltmaker | salt house | boil brine; rake salt; fill salt boxes | salt rake | box of salt | sea water | salt takes its own time
    mapmaker | map room | measure fields; draw coastlines; colour maps | pair of compasses | map | ink and vellum | a map shows only what its maker has seen
    """
}
