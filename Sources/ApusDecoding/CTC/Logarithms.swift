import Glibc

func exponential(_ x: Double) -> Double { exp(x) }

/// ln(e^a + e^b).
@inline(__always)
func logarithmicSum(_ a: Double, _ b: Double) -> Double {
  let (high, low) = a > b ? (a, b) : (b, a)
  // Below a double's precision, and where both are −∞.
  guard low - high > -40 else { return high }
  return high + log1p(exp(low - high))
}

/// ln 10: n-gram models count in base 10.
let naturalOfTen = log(10.0)
