/// The best score of each key.
struct RivalTable: Sendable {
  private var keys: [UInt64] = []
  private var scores: [Double] = []
  /// The round in which each place was filled.
  private var rounds: [UInt32] = []
  private var round: UInt32 = 0

  /// Forgets all, and makes room for that many keys.
  mutating func removeAll(room: Int) {
    round &+= 1
    if keys.count < 4 * room || round == 0 {
      var count = max(64, keys.count)
      while count < 4 * room { count *= 2 }
      keys = Array(repeating: 0, count: count)
      scores = Array(repeating: 0, count: count)
      rounds = Array(repeating: 0, count: count)
      round = 1
    }
  }

  mutating func note(_ score: Double, _ key: UInt64) {
    let place = place(of: key)
    if rounds[place] != round {
      (keys[place], scores[place], rounds[place]) = (key, score, round)
    } else if score > scores[place] {
      scores[place] = score
    }
  }

  /// Whether a score is the best one of its key, the first time that it is asked for.
  mutating func takes(_ score: Double, _ key: UInt64) -> Bool {
    let place = place(of: key)
    guard rounds[place] == round, score == scores[place] else { return false }
    scores[place] = .infinity
    return true
  }

  private func place(of key: UInt64) -> Int {
    let mask = keys.count - 1
    var place = Int(truncatingIfNeeded: key) & mask
    while rounds[place] == round && keys[place] != key { place = (place + 1) & mask }
    return place
  }
}
