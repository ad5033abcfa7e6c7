extension Document {
  static let stories: [Document] = [
    Document(rule: "lost", weight: 7) { Cast(&$0).sceneWithIntroduction },
    Document(rule: "repair", weight: 9, cast: repair),
    Document(rule: "contest", weight: 8, cast: contest),
    Document(rule: "rescue", weight: 8, cast: rescue),
    Document(rule: "mystery", weight: 7, cast: mystery),
    Document(rule: "bargain", weight: 8, cast: bargain),
    Document(rule: "apprentice", weight: 8) { Cast(&$0).scene },
    Document(rule: "journey", weight: 8, cast: journey),
    Document(rule: "fable", weight: 8, cast: fable),
    Document(rule: "storm", weight: 7, cast: storm),
    Document(rule: "harvest", weight: 7, cast: harvest),
    Document(rule: "argument", weight: 9, cast: argument),
    Document(rule: "letter", weight: 9) { Cast(&$0).scene },
  ]

  private static func repair(_ random: inout Random) -> Scene {
    let breakage = random.pick(RepairGrammar.breakages)
    let makers = Town.all.filter { $0.trade == breakage[4] }
    let away = random.pick(makers)
    let rule = Trade.all.first { $0.name == breakage[4] }?.rule ?? ""
    var scene = Cast(&random, away: away).sceneWithIntroduction
    scene.set("broken", breakage[0])
    scene.set("cause", breakage[1])
    scene.set("effect", breakage[2])
    scene.set("part", breakage[3])
    scene.set("fartrade", breakage[4])
    scene.set("farRule", rule)
    let (price, left) = (random.within(8...30), random.within(2...9))
    scene.set("price", price)
    scene.set("left", left)
    scene.set("more", price + left)
    return scene
  }

  private static func contest(_ random: inout Random) -> Scene {
    let festival = random.pick(Calendar.festivals)
    var scene = Cast(&random, festival: festival).scene
    scene.set("sport", random.pick(ContestGrammar.sports))
    scene.set("prize", random.pick(ContestGrammar.prizes))
    let (mine, theirs) = (points(&random), points(&random))
    for (letter, scores) in [("a", mine), ("b", theirs)] {
      for (round, score) in scores.enumerated() { scene.set("\(letter)\(round + 1)", score) }
      scene.set(letter + "s", scores.reduce(0, +))
      scene.set(letter + "s2", scores[0] + scores[1])
    }
    let lead = mine.reduce(0, +) - theirs.reduce(0, +)
    scene.set("margin", Numerals.count(abs(lead), "point"))
    scene.set(
      "contestOutcome", lead > 0 ? "{ContestWin}" : lead < 0 ? "{ContestLose}" : "{ContestDraw}")
    return scene
  }

  private static func points(_ random: inout Random) -> [Int] {
    (0..<3).map { _ in random.within(2...20) }
  }

  private static func rescue(_ random: inout Random) -> Scene {
    var scene = Cast(&random).sceneWithIntroduction
    // What fits into a box beside the stove and can come back to lead the way.
    let animals = Animal.all.filter {
      ["mammal", "bird"].contains($0.kind) && (60..<12000).contains($0.grams)
    }
    Cast.animal(random.pick(animals), as: "animal", in: &scene, &random)
    return scene
  }

  private static func mystery(_ random: inout Random) -> Scene {
    var scene = Cast(&random).sceneWithIntroduction
    let culprit = random.pick(MysteryGrammar.culprits)
    for animal in Animal.all where animal.name == culprit[0] {
      Cast.animal(animal, as: "animal", in: &scene, &random)
    }
    scene.set("loot", culprit[1])
    scene.set("clueA", culprit[2])
    scene.set("clueB", culprit[3])
    return scene
  }

  private static func bargain(_ random: inout Random) -> Scene {
    let cast = Cast(&random)
    var scene = cast.sceneWithIntroduction
    let employers = Trade.all.filter {
      $0.name != cast.trade.name && $0.name != scene["friendTrade"]?.text
        && !["lighthouse keeper", "saltmaker", "fisherman"].contains($0.name)
    }
    let employer = random.pick(employers)
    scene.set("jobOne", employer.name)
    scene.set("jobOneTask", random.pick(employer.tasks))
    let (have, days, rate) = (random.within(6...30), random.within(3...9), random.within(2...5))
    let (count, each, left) = (random.within(2...6), random.within(2...5), random.within(1...9))
    let total = have + days * rate + count * each
    scene.set("have", have)
    scene.set("jobs1", days)
    scene.set("rate1", rate)
    scene.set("paid1", days * rate)
    scene.set("sub", have + days * rate)
    scene.set("each", each)
    scene.set("paid2", count * each)
    scene.set("sold", Numerals.count(count, cast.trade.product))
    scene.set("total", total)
    scene.set("price", total - left)
    scene.set("missing", total - left - have)
    scene.set("left", Numerals.count(left, "coin"))
    return scene
  }

  private static func journey(_ random: inout Random) -> Scene {
    var scene = Cast(&random).scene
    for role in ["cheese", "inn", "helper", "helpTask"] {
      scene.set(role, random.pick(JourneyGrammar.lists[role] ?? []))
    }
    return scene
  }

  private static func fable(_ random: inout Random) -> Scene {
    var scene = Cast(&random).scene
    // Fables let animals speak of themselves, so habits told in the third person don't fit.
    let speakers = Animal.all.compactMap { animal -> Animal? in
      let habits = animal.habits.filter { habit in
        !habit.split(separator: " ").contains { ["it", "its", "itself"].contains($0) }
      }
      return habits.count >= 2 && animal.grams > 0 && animal.kind != "fish"
        ? animal.with(habits: habits) : nil
    }
    for (role, animal) in zip(["first", "second", "third"], random.draw(3, from: speakers)) {
      Cast.animal(animal, as: role, in: &scene, &random)
    }
    let traits = random.draw(
      2,
      from: ["vain", "lazy", "greedy", "proud", "curious", "timid", "modest", "wise", "boastful"])
    scene.set("firstTrait", traits[0])
    scene.set("secondTrait", traits[1])
    scene.set("wild", random.pick(["forest", "valley", "marsh", "wood"]))
    return scene
  }

  private static func storm(_ random: inout Random) -> Scene {
    Cast(&random, season: random.pick(["spring", "summer", "autumn"])).sceneWithIntroduction
  }

  private static func harvest(_ random: inout Random) -> Scene {
    var scene = Cast(&random).sceneWithIntroduction
    let crop = random.pick(HarvestGrammar.crops)
    for (role, text) in zip(["crop", "sowMonth", "growMonth", "midMonth", "pickMonth"], crop) {
      scene.set(role, text)
    }
    let (pest, hunter) = random.pick([
      ("slugs", "hedgehog"), ("slugs", "toad"), ("beetles", "hedgehog"), ("beetles", "toad"),
    ])
    scene.set("pests", pest)
    scene.set("animal", hunter)
    let (rows, perRow) = (random.within(3...9), random.within(6...15))
    let eaten = random.within(5...min(16, rows * perRow - 2))
    scene.set("rows", rows)
    scene.set("perRow", perRow)
    scene.set("plants", rows * perRow)
    scene.set("eaten", eaten)
    scene.set("alive", rows * perRow - eaten)
    let (baskets, each) = (random.within(4...12), random.within(6...20))
    let (kept, given) = (random.within(4...10), random.within(3...9))
    scene.set("baskets", baskets)
    scene.set("each", each)
    scene.set("pounds", baskets * each)
    scene.set("kept", kept)
    scene.set("given", given)
    scene.set("sold", baskets * each - kept - given)
    scene.set("manure", random.pick(["wood ash", "horse dung", "old leaves", "fish heads"]))
    scene.set("string", random.pick(["twine", "bast", "an old bootlace", "a strip of cloth"]))
    return scene
  }

  private static func argument(_ random: inout Random) -> Scene {
    var scene = Cast(&random).scene
    let topic = random.pick(DialogueGrammar.topics)
    let sides = random.coin() ? [1, 3, 4, 2, 5, 6] : [2, 5, 6, 1, 3, 4]
    let roles = ["one", "oneReason", "oneSecond", "other", "otherReason", "otherSecond"]
    scene.set("topic", topic[0])
    for (role, column) in zip(roles, sides) { scene.set(role, topic[column]) }
    scene.set("inn", random.pick(JourneyGrammar.lists["inn"] ?? []))
    return scene
  }
}
