import Glibc

/// Measures how long something takes, several times over.
enum Stopwatch {
  /// Seconds of a clock that never goes back.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  /// Runs `body` three times without and then with the clock, for some seconds but at least thrice.
  static func times(seconds: Double, _ body: () throws -> Void) rethrows -> [Double] {
    for _ in 0..<3 { try body() }
    let end = now() + seconds
    var times: [Double] = []
    while now() < end || times.count < 3 {
      let start = now()
      try body()
      times.append(now() - start)
    }
    return times
  }
}

extension [Double] {
  var median: Double {
    let sorted = self.sorted()
    return isEmpty ? .nan : (sorted[count / 2] + sorted[(count - 1) / 2]) / 2
  }
}
