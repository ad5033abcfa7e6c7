/// An animal with the habits that it has in every document.
///
/// Habits follow common natural history; weights and ages are round figures for a grown animal.
struct Animal {
  let name: String
  let kind: String
  /// Where it lives, after "in" or "on".
  let home: String
  let food: [String]
  /// Where it sleeps or raises its young, as a noun.
  let shelter: String
  /// When it is awake: "day", "night" or "twilight".
  let awake: String
  /// Verb phrases of what it does.
  let habits: [String]
  let grams: Int
  let years: Int
  let young: String

  static let all: [Animal] = Table.rows(10, table).map { row in
    Animal(
      name: row[0], kind: row[1], home: row[2], food: Table.items(row[3]), shelter: row[4],
      awake: row[5], habits: Table.items(row[6]), grams: Table.number(row[7]),
      years: Table.number(row[8]), young: row[9])
  }

  /// The same animal, telling only some of its habits.
  func with(habits: [String]) -> Animal {
    Animal(
      name: name, kind: kind, home: home, food: food, shelter: shelter, awake: awake,
      habits: habits, grams: grams, years: years, young: young)
  }

  /// The weight in the unit that people would use.
  var weight: String {
    switch grams {
    case 0: "less than a gram"
    case ..<1000: "about " + Numerals.count(grams, "gram")
    default: "about " + Numerals.count(grams / 1000, "kilogram")
    }
  }

  private static let table = """
    otter | mammal | in rivers and lakes | fish; frogs; crayfish | holt | twilight | slide down muddy banks; close its nostrils under water; mark stones along the bank | 9000 | 9 | pup
    hedgehog | mammal | in hedges and gardens | beetles; slugs; worms | nest of leaves | night | roll into a ball of spines; sleep through the winter; grunt while it searches for food | 800 | 4 | hoglet
    fox | mammal | in woods and fields | mice; berries; rabbits | den | twilight | bury food for later; listen for mice under the snow; wrap its tail around itself in the cold | 6000 | 4 | cub
    badger | mammal | in woods | worms; roots; fruit | sett | night | dig long tunnels; air its bedding in the sun; clean its claws on old trees | 11000 | 8 | cub
    red squirrel | mammal | in pine woods | seeds; nuts; buds | drey | day | hide nuts in the autumn; leap from tree to tree; strip pine cones to the core | 300 | 5 | kitten
    beaver | mammal | on slow streams | bark; twigs; water plants | lodge | night | fell small trees; build dams of sticks and mud; slap the water with its tail | 20000 | 12 | kit
    mole | mammal | in meadows | worms; grubs | burrow | day | push up heaps of soil; feel its way with its whiskers; store worms in a larder | 100 | 4 | pup
    hare | mammal | in open fields | grass; herbs; bark | form | twilight | run in zigzags; box with its forepaws in spring; rest in a shallow hollow | 4000 | 5 | leveret
    dormouse | mammal | in hazel woods | nuts; blossom; berries | ball of bark and leaves | night | sleep for more than half of the year; climb thin twigs; weave round nests of bark | 20 | 5 | pup
    bat | mammal | in old barns and hollow trees | moths; gnats | roost | night | hang upside down; find its way by echoes; sleep through the winter | 8 | 6 | pup
    red deer | mammal | in forests and on moors | grass; heather; shoots | bed of bracken | twilight | shed its antlers in spring; live in herds; roar in the autumn | 160000 | 14 | calf
    wolf | mammal | in mountains and forests | deer; hares | den | twilight | hunt in packs; howl to call its family; travel far in one night | 40000 | 7 | pup
    brown bear | mammal | in mountain forests | berries; roots; fish | den | day | sleep through the cold months; scratch its back against trees; catch fish with its paws | 180000 | 25 | cub
    wild boar | mammal | in oak woods | acorns; roots; grubs | bed of branches | night | roll in mud; turn over the soil with its snout; live in small groups | 90000 | 9 | piglet
    wild goat | mammal | in high mountains | grass; moss; herbs | rocky ledge | day | climb steep cliffs; leap from rock to rock; warn the herd with a whistle | 50000 | 13 | kid
    seal | mammal | on rocky coasts | herring; crabs | sandbank | day | sleep on sandbanks; dive for many minutes; sing under water | 90000 | 25 | pup
    weasel | mammal | in stone walls | mice; voles | hole in a wall | day | slip through tiny gaps; stand up to look around; hunt mice in their own tunnels | 70 | 2 | kit
    water vole | mammal | on the banks of ditches | reeds; grass; roots | burrow | day | drop into the water with a plop; leave neat piles of cut stems; swim across ditches | 250 | 1 | pup
    barn owl | bird | in barns and church towers | mice; voles; shrews | nest in the rafters | night | fly without a sound; swallow mice whole; screech in the dark | 300 | 4 | owlet
    heron | bird | on shallow water | fish; frogs; eels | nest of sticks | day | stand still for a long time; spear fish with its beak; fly with its neck folded | 1500 | 5 | chick
    kingfisher | bird | on clear streams | minnows; water beetles | tunnel in the bank | day | dive from a branch; beat fish against a perch; flash blue over the water | 40 | 2 | chick
    swift | bird | in the air above towns | flying insects | gap under a roof | day | sleep while it flies; drink from the rain; scream over the roofs on summer evenings | 40 | 9 | chick
    swallow | bird | in villages and farmyards | flies; gnats | cup of mud | day | build with mud; fly south before the winter; return to the same barn | 20 | 4 | chick
    raven | bird | on cliffs and moors | eggs; carrion; grain | nest on a ledge | day | solve puzzles; roll in the air for fun; hide food from its rivals | 1200 | 15 | chick
    magpie | bird | in hedges and parks | beetles; seeds; scraps | domed nest | day | pick up odd things; chatter at cats; walk with a swagger | 220 | 5 | chick
    woodpecker | bird | in old woods | grubs; ants; nuts | hole in a trunk | day | drum on dead branches; wedge nuts into bark; brace itself with its tail | 85 | 6 | chick
    cuckoo | bird | in meadows and reed beds | caterpillars | stranger's nest | day | lay its eggs in the nests of others; call its own name; leave before the autumn | 110 | 5 | chick
    robin | bird | in gardens and woods | worms; berries; insects | nest in ivy | day | sing even in winter; follow the gardener's spade; defend its own patch | 18 | 2 | chick
    crane | bird | in marshes | roots; grain; snails | mound of reeds | day | dance with its partner; trumpet loudly; travel in long lines | 5500 | 20 | chick
    eagle | bird | in high mountains | hares; grouse; carrion | eyrie | day | circle on warm air; see a hare from far away; use the same nest for years | 5000 | 20 | eaglet
    puffin | bird | on sea cliffs | sand eels; herring | burrow in the turf | day | carry many fish at once; fly under water with its wings; dig with its feet | 400 | 20 | puffling
    mute swan | bird | on lakes and slow rivers | water plants; roots | great nest of reeds | day | stay with one partner; hiss at strangers; carry its young on its back | 11000 | 12 | cygnet
    nightjar | bird | on heaths | moths | bare patch of ground | night | sit still all day; churr for hours at dusk; look like a piece of bark | 75 | 4 | chick
    salmon | fish | in cold rivers and the sea | shrimps; small fish | gravel bed | day | leap up waterfalls; return to the stream of its birth; change colour in the autumn | 4000 | 6 | fry
    trout | fish | in clear streams | flies; larvae; minnows | hollow under the bank | twilight | wait behind stones; rise to catch flies; face the current | 1000 | 7 | fry
    eel | fish | in ditches and ponds | worms; snails; small fish | bed of mud | night | cross wet grass; travel far across the sea; hide in mud | 1000 | 20 | elver
    pike | fish | in still waters | fish; frogs | patch of weeds | day | lie in wait among weeds; strike like an arrow; hang still in the water | 5000 | 12 | fry
    stickleback | fish | in ponds and brooks | water fleas; larvae | nest of weeds | day | build a nest of weeds; guard its eggs; turn red in spring | 4 | 3 | fry
    frog | amphibian | in wet meadows | flies; slugs; spiders | muddy pool | twilight | catch flies with its tongue; breathe through its skin; sing in chorus | 25 | 7 | tadpole
    toad | amphibian | in damp gardens | ants; slugs; beetles | hole under a stone | night | walk back to its old pond; puff itself up; sit under lamps to catch moths | 60 | 10 | tadpole
    newt | amphibian | in quiet ponds | larvae; tadpoles; worms | crack in a log | night | regrow a lost toe; wrap each egg in a leaf; court with a wave of its tail | 10 | 8 | larva
    grass snake | reptile | on river banks | frogs; newts; fish | heap of compost | day | swim with its head up; play dead; lay its eggs in warm compost | 200 | 15 | hatchling
    slow-worm | reptile | in rough grass | slugs; worms | hollow under a log | day | look like a snake; drop its tail to escape; warm itself under flat stones | 30 | 25 | hatchling
    wall lizard | reptile | on sunny walls | spiders; flies | crack between stones | day | bask on warm stones; lose its tail when it is caught; run up sheer walls | 6 | 5 | hatchling
    honey bee | insect | in hollow trees and hives | nectar; pollen | wax comb | day | dance to show the way to flowers; cool the hive with its wings; visit hundreds of flowers a day | 0 | 1 | grub
    dragonfly | insect | on ponds and canals | midges; flies | reed stem | day | hover and fly backwards; catch midges in the air; spend years under water as a larva | 1 | 2 | nymph
    wood ant | insect | in pine forests | aphids; caterpillars; seeds | mound of needles | day | build great mounds; carry loads far above its weight; close the gates of its nest at night | 0 | 3 | grub
    glow-worm | insect | on chalk banks | snails | tuft of grass | night | shine with a green light; follow the trails of snails; put out its light when it is touched | 0 | 2 | larva
    garden spider | spider | in hedges and window frames | flies; wasps; moths | leaf beside its web | twilight | spin a new web each night; wrap its prey in silk; feel every tremble of the thread | 0 | 1 | spiderling
    """
}
