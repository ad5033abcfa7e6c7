import Glibc

/// The cosine transform that makes cepstra of log-mel values.
enum Cepstra {
  /// The orthonormal transform of the second kind, lifted.
  ///
  /// - Parameters:
  ///   - count: The number of cepstra.
  ///   - bandCount: The number of values that they are made of.
  ///   - lifter: L in 1 + L / 2 · sin(π n / L), which the n-th cepstrum is multiplied with; 0 for
  ///     none.
  /// - Returns: [count, bandCount]
  /// - Source: Davis & Mermelstein 1980; lifting as in the HTK Book, §5.3.
  static func rows(count: Int, bandCount: Int, lifter: Double) -> [[Float]] {
    (0..<count).map { n in
      let norm = (Double(n == 0 ? 1 : 2) / Double(bandCount)).squareRoot()
      let lift = lifter > 0 ? 1 + lifter / 2 * sin(.pi * Double(n) / lifter) : 1
      return (0..<bandCount).map { band in
        Float(lift * norm * cos(.pi * Double(n) * (Double(band) + 0.5) / Double(bandCount)))
      }
    }
  }
}
