extension Scene {
  /// Puts a number into the scene; the forms `words` and `ordinal` spell it.
  mutating func set(_ role: String, _ number: Int) {
    self[role] = Referent(String(number))
  }

  mutating func set(_ role: String, _ text: String) {
    self[role] = Referent(text)
  }
}

/// Fills the roles that stories and articles share, so that one document keeps its people,
/// places and weather.
struct Cast {
  let home, away: Town
  let trade: Trade
  private(set) var scene: Scene = [:]

  /// Casts a scene; what is not given is drawn at random.
  init(
    _ random: inout Random, trade fixedTrade: Trade? = nil, home fixedHome: Town? = nil,
    away fixedAway: Town? = nil, season: String? = nil,
    festival: Calendar.Festival? = nil
  ) {
    let home = fixedHome ?? random.pick(Town.all.filter { $0.name != fixedAway?.name })
    let remote = Town.all.filter { $0.name != home.name && home.distance(to: $0) >= 12 }
    self.home = home
    away = fixedAway ?? random.pick(remote)
    trade = fixedTrade ?? random.pick(Cast.trades(in: home))
    castPeople(&random)
    castPlaces(&random)
    castTime(&random, season, festival)
    castThings(&random)
    castNumbers(&random)
  }

  /// The scene of a story in which the friend appears unannounced.
  var sceneWithIntroduction: Scene {
    var introducing = scene
    introducing["friend"]?.introduction = "{friendIntroduction}"
    return introducing
  }

  /// Nobody keeps a lighthouse or boils sea water far from the sea.
  private static func trades(in town: Town) -> [Trade] {
    let coastal: Set = ["fisherman", "saltmaker", "lighthouse keeper"]
    return Trade.all.filter { town.region == "the Saltcoast" || !coastal.contains($0.name) }
  }

  private mutating func castPeople(_ random: inout Random) {
    let (woman, man) = (random.pick(People.women), random.pick(People.men))
    let heroIsWoman = random.coin()
    scene["hero"] = heroIsWoman ? Referent(woman, .she) : Referent(man, .he)
    scene["friend"] = heroIsWoman ? Referent(man, .he) : Referent(woman, .she)
    let others = random.draw(2, from: random.coin() ? People.women : People.men)
    let names = [woman, man]
    scene.set("child", names.contains(others[0]) ? others[1] : others[0])
    scene.set("naturalist", random.pick(People.women.filter { !names.contains($0) }))
    let (sister, brother) = heroIsWoman ? ("brother", "sister") : ("sister", "brother")
    let (elder, younger) = heroIsWoman ? ("uncle", "niece") : ("aunt", "nephew")
    let (child, parent) = heroIsWoman ? ("nephew", "aunt") : ("niece", "uncle")
    let (kin, sibling) = random.pick([
      ("cousin", "cousin"), (sister, brother), (elder, younger), (child, parent),
    ])
    scene.set("kin", kin)
    scene.set("sibling", sibling)
    scene.set("grand", random.pick(["grandmother", "grandfather", "great-aunt", "godmother"]))

    let other = random.pick(Cast.trades(in: home).filter { $0.name != trade.name })
    castTrade(trade, as: "", &random)
    castTrade(other, as: "friend", &random)
    let traits = random.draw(2, from: People.traits)
    scene.set("trait", traits[0][0])
    scene.set("virtue", traits[0][1])
    scene.set("traitClause", traits[0][2])
    scene.set("friendTrait", traits[1][0])
  }

  private mutating func castTrade(_ trade: Trade, as prefix: String, _ random: inout Random) {
    func role(_ name: String) -> String {
      prefix.isEmpty ? name : prefix + name.prefix(1).uppercased() + name.dropFirst()
    }
    let tasks = random.draw(3, from: trade.tasks)
    scene.set(role("trade"), trade.name)
    scene.set(role("workplace"), trade.workplace)
    scene.set(role("work"), trade.workplace)
    scene.set(role("task"), tasks[0])
    scene.set(role("task2"), tasks[1])
    scene.set(role("task3"), tasks[2])
    scene.set(role("tool"), trade.tool)
    scene.set(role("product"), trade.product)
    scene.set(role("material"), trade.material)
    scene.set(role("rule"), trade.rule)
  }

  private mutating func castPlaces(_ random: inout Random) {
    scene.set("home", home.name)
    scene.set("region", home.region)
    scene.set("river", home.river)
    scene.set("founded", String(home.founded))
    scene.set("landmark", home.landmark)
    scene.set("market", home.marketDay)
    scene.set("peopleCount", Numerals.grouped(home.people))
    scene.set("away", away.name)
    scene.set("awayRegion", away.region)
    scene.set("awayRiver", away.river)
    scene.set("awayFounded", String(away.founded))
    scene.set("awayMark", away.landmark)
    scene.set("awayMarket", away.marketDay)
    scene.set("awayPeople", Numerals.grouped(away.people))
    let distance = home.distance(to: away)
    scene.set("distance", distance)
    scene.set("direction", home.direction(to: away))
    scene.set("backDirection", away.direction(to: home))
    // A walker is taken to cover 24 km a day.
    scene.set("walk", distance <= 24 ? "one day" : Numerals.count((distance + 23) / 24, "day"))
    scene.set("shorter", random.within(4...max(5, distance / 3)))
    scene.set("short", random.within(3...max(4, distance / 4)))
    let spots = random.draw(3, from: Spot.all)
    for (letter, spot) in zip(["A", "B", "C"], spots) {
      scene.set("spot" + letter, spot.place)
      scene.set("find" + letter, spot.find)
      scene.set("smell" + letter, spot.smell)
    }
    scene.set("quarter", random.pick(["north", "south", "east", "west"]))
  }

  /// Casts weather and a month of one season; a given festival falls into that month.
  private mutating func castTime(
    _ random: inout Random, _ season: String?, _ fixedFestival: Calendar.Festival?
  ) {
    let festivalMonth = Calendar.months.first { $0.name == fixedFestival?.month }
    let season = festivalMonth?.season ?? season
    let weather = random.pick(Weather.all.filter { season == nil || $0.season == season })
    let months = Calendar.months.indices.filter {
      Calendar.months[$0].season == weather.season
        && (festivalMonth == nil || Calendar.months[$0].name == festivalMonth?.name)
    }
    let month = random.pick(months)
    scene.set("season", weather.season)
    scene.set(
      "otherSeason",
      random.pick(["spring", "summer", "autumn", "winter"].filter { $0 != weather.season }))
    scene.set("weatherNoun", weather.noun)
    scene.set("sky", weather.sky)
    scene.set("ground", weather.ground)
    scene.set("people", weather.people)
    scene.set("weatherEnd", weather.end)
    scene.set("month", Calendar.months[month].name)
    scene.set("monthNumber", month + 1)
    scene.set("monthDays", Calendar.months[month].days)
    scene.set("monthAfter", Calendar.months[(month + 1) % 12].name)
    scene.set("monthBefore", Calendar.months[(month + 11) % 12].name)
    scene.set("nextMonth", Calendar.months[(month + 1) % 12].name)
    scene.set("lastMonth", Calendar.months[(month + 11) % 12].name)
    let weekday = random.below(7)
    let gap = random.within(2...30)
    scene.set("weekday", Calendar.weekdays[weekday])
    scene.set("dayAfter", Calendar.weekdays[(weekday + 1) % 7])
    scene.set("dayBefore", Calendar.weekdays[(weekday + 6) % 7])
    scene.set("gap", gap)
    scene.set("gapDay", Calendar.weekdays[(weekday + gap) % 7])
    scene.set("otherDay", random.pick(Calendar.weekdays.filter { $0 != home.marketDay }))
    let day = random.within(2...20)
    scene.set("day", day)
    scene.set("weekLater", day + 7)
    let festival = fixedFestival ?? random.pick(Calendar.festivals)
    scene.set("festival", festival.name)
    scene.set("festMonth", festival.month)
    scene.set("festDay", festival.day)
    scene.set("festCustom", festival.custom)
    scene.set("festCustomWe", festival.custom)
    scene.set("festFood", festival.food)
    scene.set("festOrigin", festival.origin)
  }

  private mutating func castThings(_ random: inout Random) {
    let thing = random.pick(Thing.all)
    scene.set("thing", thing.name)
    scene.set("thingLook", thing.look)
    scene.set("thingMaterial", thing.material)
    scene.set("thingUse", thing.use)
    scene.set("kept", random.pick(thing.places))
    scene.set("dish", random.pick(Dish.all).name)
    scene.set(
      "fruit", random.pick(["apple", "pear", "plum", "walnut", "cherry", "peach", "egg", "bun"]))
    let news = random.draw(2, from: LetterGrammar.gossip)
    scene.set("gossip", news[0])
    scene.set("gossip2", news[1])
  }

  /// Numbers of no consequence; what has to add up is cast by the plot.
  private mutating func castNumbers(_ random: inout Random) {
    let ranges: [(String, ClosedRange<Int>)] = [
      ("years", 5...40), ("times", 3...9), ("hour", 2...11), ("days", 3...9), ("young", 11...16),
      ("age", 60...95), ("small", 3...9), ("crowd", 20...95), ("coins", 20...60),
      ("fewer", 3...19), ("price", 3...19), ("sheep", 20...90), ("cows", 3...12),
      ("ordered", 12...60), ("months", 3...11), ("later", 5...25), ("early", 4...7),
      ("master", 22...39), ("missing", 2...5), ("more", 7...19), ("steps", 40...300),
      ("rafts", 3...9), ("carts", 3...9), ("houses", 10...40),
      ("reasons", 5...15), ("stones", 50...400), ("pails", 10...40),
    ]
    for (role, range) in ranges { scene.set(role, random.within(range)) }
  }

  /// Casts an animal in a role: `animal`, `first`, `rival`.
  static func animal(
    _ animal: Animal, as role: String, in scene: inout Scene, _ random: inout Random
  ) {
    let habits = random.draw(2, from: animal.habits)
    scene.set(role, animal.name)
    scene.set(role + "Kind", animal.kind)
    scene.set(role + "Home", animal.home)
    scene.set(role + "Food", random.pick(animal.food))
    scene.set(role + "Foods", Numerals.list(animal.food))
    scene.set(role + "Shelter", animal.shelter)
    scene.set(role + "Habit", habits[0])
    scene.set(role + "Habit2", habits[1])
    scene.set(role + "Young", animal.young)
    scene.set(role + "Weight", animal.weight)
    scene.set(role + "Lifetime", Numerals.count(animal.years, "year"))
    let awake = ["day": "by day", "night": "by night", "twilight": "at dawn and at dusk"]
    scene.set(role + "Awake", awake[animal.awake] ?? animal.awake)
  }
}
