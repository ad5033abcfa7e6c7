/// Scenes whose statements follow from arithmetic, the calendar or tables of knowledge.
extension Document {
  static func numbers(_ random: inout Random) -> Scene {
    let cast = Cast(&random)
    var scene = cast.scene
    let (b, difference) = (random.within(3...99), random.within(2...99))
    let (a, c, d) = (b + difference, random.within(2...12), random.within(3...20))
    let numbers: [(String, Int)] = [
      ("a", a), ("b", b), ("c", c), ("d", d), ("sum", a + b), ("difference", difference),
      ("product2", c * d), ("double", 2 * b), ("triple", 3 * b), ("next", a + 1),
      ("before", a - 1), ("thousands", 1000 * c), ("hundreds", 100 * c), ("hoursC", 24 * c),
      ("thousandsD", 1000 * d), ("minutesD", 60 * d), ("dozens", 12 * c), ("scores", 20 * d),
      ("sides", 4 * c), ("faces", 6 * c), ("fence", 2 * (c + d)), ("ageSum", c + d),
    ]
    for (role, number) in numbers { scene.set(role, number) }
    for (role, number) in [("a", a), ("b", b)] {
      scene.set(role + "Parity", number % 2 == 0 ? "an even" : "an odd")
      scene.set(role + "Ends", "ends in \(Numerals.words(number % 10))")
    }
    scene.set("longer", 7 * b > a ? "{b:words} weeks" : a > 7 * b ? "{a:words} days" : "Neither")
    let distance = cast.home.distance(to: cast.away)
    let walked = random.within(3...(distance - 3))
    scene.set("part", walked)
    scene.set("rest", distance - walked)
    let (speed, hours, hour) = (random.within(3...6), random.within(2...5), random.within(4...7))
    scene.set("speed", speed)
    scene.set("hours", hours)
    scene.set("walked", speed * hours)
    scene.set("hour", hour)
    scene.set("endHour", hour + hours)
    scene.set("minutes", 60 * hours)
    return scene
  }

  static func dates(_ random: inout Random) -> Scene {
    var scene = Cast(&random).scene
    let weeks = random.within(2...40)
    scene.set("c", weeks)
    scene.set("weeks", 7 * weeks)
    return scene
  }

  static func planet(_ random: inout Random) -> Scene {
    var scene = Cast(&random).scene
    let pair = random.draw(2, from: Array(Knowledge.planets.indices))
    // The earth, third from the sun, is not in the table.
    let places = pair.map { $0 < 2 ? $0 + 1 : $0 + 2 }
    let (planet, other) = (Knowledge.planets[pair[0]], Knowledge.planets[pair[1]])
    scene.set("planet", planet[0])
    scene.set("planetKind", planet[1])
    scene.set("planetSize", planet[2])
    scene.set("planetFeature", planet[3])
    scene.set("planetYear", planet[4])
    scene.set("planetMoons", planet[5])
    scene.set("planetNumber", places[0])
    scene.set("otherPlanet", other[0])
    scene.set("otherFeature", other[3])
    scene.set("otherYear", other[4])
    scene.set("otherNumber", places[1])
    scene.set("sunDistance", places[0] < places[1] ? "nearer to" : "farther from")
    return scene
  }

  static func weather(_ random: inout Random) -> Scene {
    var scene = Cast(&random).scene
    let cloud = random.pick(Knowledge.clouds)
    scene.set("cloud", cloud[0])
    scene.set("cloudLook", cloud[1])
    scene.set("cloudMeans", cloud[2])
    let wet = random.pick(Knowledge.wetness)
    scene.set("wet", wet[0])
    scene.set("wetHow", wet[1])
    scene.set("sign", random.pick(Knowledge.signs))
    let brings = ["north": "cold", "south": "warmth", "east": "dry days", "west": "rain"]
    scene.set("quarterBrings", brings[scene["quarter"]?.text ?? ""] ?? "change")
    let days = Calendar.months.first { $0.name == scene["month"]?.text }?.days ?? 30
    let rain = random.within(2...20)
    scene.set("rainDays", rain)
    scene.set("sunDays", days - rain)
    let highs = ["spring": 10, "summer": 20, "autumn": 8, "winter": 2]
    let cold = (highs[scene["season"]?.text ?? ""] ?? 10) + random.within(0...5)
    let difference = random.within(1...6)
    scene.set("cold", cold)
    scene.set("warm", cold + difference)
    scene.set("degrees", Numerals.count(difference, "degree"))
    return scene
  }

  static func game(_ random: inout Random) -> Scene {
    let game = random.pick(Knowledge.games)
    let onIce = game[3].contains("frozen")
    let cast = Cast(&random, season: onIce ? "winter" : random.pick(["spring", "summer"]))
    var scene = cast.scene
    let roles = [
      "game", "players", "gameMinutes", "gameField", "gameThing", "gamePoint", "gameValue",
      "gameForbid", "gameHome",
    ]
    for (role, text) in zip(roles, game) { scene.set(role, text) }
    scene.set("playersTwice", 2 * Table.number(game[1]))
    scene.set("gameHalf", Table.number(game[2]) / 2)
    let worth = ["two points": 2, "three points": 3, "five points": 5][game[6]] ?? 1
    let scores = (0..<4).map { _ in worth * random.within(1...9) }
    let (mine, theirs) = (scores[0] + scores[1], scores[2] + scores[3])
    for (role, score) in zip(["g1", "g2", "h1", "h2", "g", "h"], scores + [mine, theirs]) {
      scene.set(role, score)
    }
    let winner = mine > theirs ? cast.home.name : cast.away.name
    scene.set("result", mine == theirs ? "it was a draw" : winner + " had won")
    return scene
  }

  static func words(_ random: inout Random) -> Scene {
    var scene = Cast(&random).scene
    let nouns = random.draw(2, from: Knowledge.nouns)
    let verbs = random.draw(2, from: Knowledge.verbs)
    let opposite = random.pick(Knowledge.opposites)
    scene.set("noun", nouns[0])
    scene.set("noun2", nouns[1])
    scene.set("nounLetters", nouns[0].count)
    scene.set("noun2Letters", nouns[1].count)
    scene.set("firstLetter", nouns[0].prefix(1).uppercased())
    scene.set("firstLetter2", nouns[1].prefix(1).uppercased())
    scene.set("lastLetter2", nouns[1].suffix(1).uppercased())
    scene.set("spelling", nouns[1].map { $0.uppercased() }.joined(separator: ", "))
    scene.set("verb", verbs[0])
    scene.set("verb2", verbs[1])
    scene.set("letters", verbs[0].count)
    scene.set("adjective", random.pick(Knowledge.adjectives))
    scene.set("left", opposite[0])
    scene.set("right", opposite[1])
    scene.set("c", random.within(2...20))
    scene.set("d", random.within(2...20))
    return scene
  }
}
