extension Document {
  static let articles: [Document] = [
    Document(rule: "animalArticle", weight: 9, cast: animal),
    Document(rule: "animalQuiz", weight: 5, cast: animal),
    Document(rule: "townArticle", weight: 8, cast: town),
    Document(rule: "directions", weight: 6, cast: town),
    Document(rule: "regionArticle", weight: 3, cast: region),
    Document(rule: "tradeArticle", weight: 6, cast: trade),
    Document(rule: "materialArticle", weight: 6, cast: material),
    Document(rule: "thingArticle", weight: 3, cast: thing),
    Document(rule: "recipe", weight: 7, cast: recipe),
    Document(rule: "arithmetic", weight: 7, cast: numbers),
    Document(rule: "problem", weight: 7, cast: numbers),
    Document(rule: "measures", weight: 4, cast: numbers),
    Document(rule: "dates", weight: 6, cast: dates),
    Document(rule: "planetArticle", weight: 5, cast: planet),
    Document(rule: "weatherArticle", weight: 6, cast: weather),
    Document(rule: "gameRules", weight: 7, cast: game),
    Document(rule: "wordLesson", weight: 7, cast: words),
  ]

  private static func animal(_ random: inout Random) -> Scene {
    var scene = Cast(&random).scene
    let animal = random.pick(Animal.all)
    let rival = random.pick(
      Animal.all.filter {
        $0.grams != animal.grams && $0.awake != animal.awake && $0.kind != animal.kind
          && Set($0.food).isDisjoint(with: animal.food)
      })
    Cast.animal(animal, as: "animal", in: &scene, &random)
    Cast.animal(rival, as: "rival", in: &scene, &random)
    scene.set("heavierWord", animal.grams > rival.grams ? "heavier" : "lighter")
    return scene
  }

  private static func town(_ random: inout Random) -> Scene {
    let cast = Cast(&random)
    var scene = cast.scene
    let (home, away) = (cast.home, cast.away)
    for region in Region.all where region.name == home.region {
      scene.set("regionLies", region.lies)
    }
    for river in River.all where river.name == home.river {
      scene.set("riverCharacter", river.character)
      scene.set("riverRises", river.rises)
      scene.set("riverLength", river.length)
    }
    for trade in Trade.all {
      if trade.name == home.trade {
        scene.set("localTrade", trade.name)
        scene.set("localMaterial", trade.material)
        scene.set("localProduct", trade.product)
        scene.set("localTask", random.pick(trade.tasks))
        scene.set("localRule", trade.rule)
      }
      if trade.name == away.trade {
        scene.set("awayTrade", trade.name)
        scene.set("awayProduct", trade.product)
      }
    }
    scene.set("older", home.founded < away.founded ? "older" : "younger")
    scene.set("bigger", away.people > home.people ? "bigger" : "smaller")
    scene.set("smaller", home.people < away.people ? "smaller" : "bigger")
    scene.set("yearsBetween", Numerals.count(abs(home.founded - away.founded), "year"))
    return scene
  }

  private static func region(_ random: inout Random) -> Scene {
    let cast = Cast(&random)
    var scene = cast.scene
    for region in Region.all where region.name == cast.home.region {
      scene.set("regionLies", region.lies)
      scene.set("regionLand", region.land)
      scene.set("regionGrows", region.grows)
      scene.set("regionKnown", region.known)
      scene.set("regionSeat", region.seat)
    }
    let towns = Town.all.filter { $0.region == cast.home.region }.map(\.name)
    scene.set("regionTowns", Numerals.list(random.draw(3, from: towns)))
    let other = random.pick(River.all.filter { $0.name != cast.home.river })
    for river in River.all where river.name == cast.home.river {
      scene.set("riverCharacter", river.character)
      scene.set("riverRises", river.rises)
      scene.set("riverEnds", river.ends)
      scene.set("riverLength", river.length)
      scene.set("longer", river.length > other.length ? "longer" : "shorter")
    }
    scene.set("otherRiver", other.name)
    scene.set("otherRiverLength", other.length)
    scene.set("otherRiverEnds", other.ends)
    let mountain = random.pick(Array(Mountain.all.dropFirst()))
    scene.set("mountain", mountain.name)
    scene.set("metres", mountain.metres)
    scene.set("mountainFeature", mountain.feature)
    return scene
  }

  private static func trade(_ random: inout Random) -> Scene {
    let home = random.pick(Town.all)
    let trade = Trade.all.first { $0.name == home.trade }
    var scene = Cast(&random, trade: trade, home: home).scene
    prices(&scene, &random)
    return scene
  }

  private static func thing(_ random: inout Random) -> Scene {
    var scene = Cast(&random).scene
    prices(&scene, &random)
    return scene
  }

  private static func prices(_ scene: inout Scene, _ random: inout Random) {
    let (price, count) = (random.within(4...30), random.within(3...9))
    scene.set("price", price)
    scene.set("small", count)
    scene.set("total", price * count)
    scene.set("part", random.within(2...(price - 1)))
    scene.set("years", random.within(10...30))
  }

  private static func material(_ random: inout Random) -> Scene {
    var scene = Cast(&random).scene
    let stuff = random.pick(Material.all)
    let other = random.pick(
      Material.all.filter {
        abs($0.hardness - stuff.hardness) >= 4 && abs($0.weight - stuff.weight) >= 3
      })
    let (qualities, uses) = (
      random.draw(3, from: stuff.qualities), random.draw(3, from: stuff.uses)
    )
    scene.set("stuff", stuff.name)
    scene.set("stuffSource", stuff.source)
    scene.set("weakness", stuff.weakness)
    for (letter, index) in zip(["A", "B", "C"], 0..<3) {
      scene.set("quality" + letter, qualities[index])
      scene.set("use" + letter, uses[index])
    }
    scene.set("otherStuff", other.name)
    scene.set("otherSource", other.source)
    scene.set("otherWeakness", other.weakness)
    scene.set("otherUse", random.pick(other.uses.filter { !stuff.uses.contains($0) }))
    scene.set("harder", stuff.hardness > other.hardness ? "harder" : "softer")
    scene.set("heavier", stuff.weight > other.weight ? "more" : "less")
    let (hard, heavy) = (stuff.hardness > other.hardness, stuff.weight > other.weight)
    scene.set("hardStuff", hard ? stuff.name : other.name)
    scene.set("heavyStuff", heavy ? stuff.name : other.name)
    scene.set("lightStuff", heavy ? other.name : stuff.name)
    return scene
  }

  private static func recipe(_ random: inout Random) -> Scene {
    var scene = Cast(&random).scene
    let dish = random.pick(Dish.all)
    let eaters = random.within(2...8)
    scene["dishName"] = Referent(dish.name, dish.name.hasSuffix("s") ? .they : .it)
    scene.set("dishKind", dish.kind)
    scene.set("dishRegion", dish.region)
    scene.set("dishSecret", dish.secret)
    scene.set("eaters", eaters)
    scene.set("amounts", Numerals.list(dish.amounts(people: eaters)))
    scene.set("minutes", dish.minutes)
    let openings = [
      ["First, ", "Then ", "After that, ", "Next, ", "Now ", "Finally, "],
      ["Begin like this: ", "When that is done, ", "Next, ", "Then ", "Now ", "At the end, "],
      [
        "To start with, ", "As soon as you are ready, ", "Then ", "Next, ", "Now ", "Last of all, ",
      ],
    ]
    let opening = random.pick(openings)
    let steps = dish.steps.enumerated().map { index, step in
      opening[index == dish.steps.count - 1 ? 5 : index] + step + "."
    }
    scene.set("dishSteps", steps.joined(separator: " "))
    return scene
  }
}
