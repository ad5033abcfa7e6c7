/// A voice of espeak-ng: an accent, a variant of the vocal tract, and how it speaks as a rule.
struct Speaker {
  let name, accent, variant: String
  /// Words a minute and espeak-ng's pitch (0 to 99), from which each utterance departs a little.
  let speed, pitch: Int

  /// Those to learn from.
  static let known = [
    Speaker("ada", "en-us", "f2", 150, 55), Speaker("ben", "en-us", "m1", 140, 40),
    Speaker("cleo", "en-us", "f3", 165, 50), Speaker("dan", "en-us", "m3", 155, 35),
    Speaker("eve", "en-gb", "f1", 150, 60), Speaker("finn", "en-gb", "m2", 145, 45),
    Speaker("gail", "en-gb", "f3", 170, 45), Speaker("hal", "en-gb", "m7", 135, 50),
    Speaker("isla", "en-gb-scotland", "f2", 150, 45),
    Speaker("joe", "en-gb-scotland", "m3", 150, 50), Speaker("kim", "en-us-nyc", "f1", 160, 50),
    Speaker("leo", "en-us-nyc", "m1", 155, 55), Speaker("mia", "en-gb-x-rp", "f2", 140, 65),
    Speaker("ned", "en-gb-x-rp", "m7", 160, 40),
  ]

  /// Those that nobody learns from.
  static let unknown = [
    Speaker("olga", "en-us", "f4", 150, 50), Speaker("paul", "en-gb", "m5", 150, 45),
    Speaker("rose", "en-gb-x-rp", "f1", 155, 55), Speaker("sam", "en-us", "m2", 145, 50),
  ]

  private init(_ name: String, _ accent: String, _ variant: String, _ speed: Int, _ pitch: Int) {
    (self.name, self.accent, self.variant) = (name, accent, variant)
    (self.speed, self.pitch) = (speed, pitch)
  }
}
