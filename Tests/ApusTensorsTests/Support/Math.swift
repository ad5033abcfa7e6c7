import Foundation

// Named here so that the tests of methods of the same names read well.
func sine(_ x: Double) -> Double { sin(x) }
func exponential(_ x: Double) -> Double { exp(x) }
func logarithm(_ x: Double) -> Double { log(x) }
func power(_ x: Double, _ exponent: Double) -> Double { pow(x, exponent) }
func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
/// The standard normal distribution function.
func normalDistribution(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

/// The softmax of each row.
func softmaxRows(_ x: [Double], columns: Int) -> [Double] {
  stride(from: 0, to: x.count, by: columns).flatMap { start -> [Double] in
    let row = x[start..<start + columns]
    let top = row.max() ?? 0
    let powers = row.map { exp($0 - top) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
