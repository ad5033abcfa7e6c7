import ApusLayers
import ApusTensors
import Foundation
import Testing

@Suite struct PositionTests {
  @Test func sinusoidsFollowTheFormula() {
    let table = sinusoidalPositions(count: 50, size: 7).elements(as: Float.self)
    for position in 0..<50 {
      for channel in 0..<7 {
        let angle = Double(position) / pow(10_000, Double(channel / 2 * 2) / 7)
        let expected = channel % 2 == 0 ? sin(angle) : cos(angle)
        #expect(abs(Double(table[position * 7 + channel]) - expected) < 1e-6)
      }
    }
  }

  private let heads = 3
  private let size = 10

  private func stacked(_ count: Int) -> Tensor {
    let width = 3 * heads * size
    return Tensor((0..<count * width).map { Float(sin(Double($0 * $0) * 0.01)) }, [count, width])
  }

  private func reference(_ x: [Float], _ positions: [Int32], base: Double, sign: Double) -> [Float]
  {
    let model = heads * size
    var y = x
    for (row, position) in positions.enumerated() {
      for head in 0..<2 * heads {
        for pair in 0..<size / 2 {
          let angle = sign * Double(position) / pow(base, 2 * Double(pair) / Double(size))
          let at = row * 3 * model + head * size + pair
          let (a, b) = (Double(x[at]), Double(x[at + size / 2]))
          y[at] = Float(a * cos(angle) - b * sin(angle))
          y[at + size / 2] = Float(b * cos(angle) + a * sin(angle))
        }
      }
    }
    return y
  }

  /// Positions beyond the number of elements, and elements beyond the number of positions.
  @Test(arguments: [[0, 1, 5, 0, 300], [0, 1, 2, 0, 1]] as [[Int32]])
  func rotationAgreesWithTheFormulaForwardsAndBackwards(_ positions: [Int32]) {
    let x = stacked(5).tracked
    let sequences = Sequences(x, lengths: [3, 2])
    let turned = rotated(sequences, headCount: heads, base: 500, positions: Tensor(positions))
    let expected = reference(x.floatElements, positions, base: 500, sign: 1)
    expectClose(turned.values, Tensor(expected, x.shape), 1e-6)
    // A rotation's gradient is the rotation back.
    let seed = Tensor(x.floatElements.map { 1 - $0 * $0 }, x.shape)
    let gradient = turned.values.gradients(of: [x], seed: seed)[0]
    let back = reference(seed.floatElements, positions, base: 500, sign: -1)
    expectClose(gradient, Tensor(back, x.shape), 1e-6)
  }

  @Test func rotationRoundsToBF16() {
    let x = stacked(4).converted(to: .bfloat16)
    let positions: [Int32] = [0, 1, 2, 3]
    let turned = rotated(
      Sequences(x, lengths: [4]), headCount: heads, base: 10_000, positions: Tensor(positions))
    #expect(turned.values.type == .bfloat16)
    let expected = reference(x.floatElements, positions, base: 10_000, sign: 1)
    expectClose(turned.values, Tensor(expected, x.shape), 0x1p-8)
  }

  @Test func onlyDistancesCount() {
    let x = Sequences(stacked(6), lengths: [6])
    func attended(_ start: Int32) -> Tensor {
      let positions = Tensor((0..<6).map { start + $0 })
      let turned = rotated(x, headCount: heads, base: 100, positions: positions)
      return attention(turned, headCount: heads, isCausal: true).values
    }
    expectClose(attended(40), attended(0), 1e-5)
    expectClose(attended(0).rows(0..<1), attended(7).rows(0..<1), 1e-6)
  }
}
