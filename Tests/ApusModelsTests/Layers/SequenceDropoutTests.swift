import ApusLayers
import ApusTensors
import Testing

@Suite struct SequenceDropoutTests {
  private let ones = Sequences(Tensor.ones([300, 40]), lengths: [100, 0, 200])

  private func rows(_ x: Tensor) -> [[Float]] {
    let values = x.floatElements
    return stride(from: 0, to: values.count, by: x.columnCount).map {
      Array(values[$0..<$0 + x.columnCount])
    }
  }

  @Test func lockedDropoutDropsTheSameChannelsAtEveryElement() {
    let dropout = SequenceDropout(0.25, isLocked: true, in: ParameterStore(seed: 0).root / "a")
    let mode = Mode.training(seed: 3, step: 5)
    let rows = rows(dropout(ones, mode).values)
    #expect(Set(rows[..<100]).count == 1 && Set(rows[100...]).count == 1)
    #expect(rows[0] != rows[100])
    // What is kept is scaled up, so that the mean stays.
    #expect(Set(rows[0] + rows[100]) == [0, 1 / 0.75])
    #expect(self.rows(dropout(ones, .training(seed: 3, step: 6)).values)[0] != rows[0])
    #expect(dropout(ones, .evaluation()).values.floatElements == ones.values.floatElements)
  }

  @Test func dropoutThatIsNotLockedDropsElementsEachForItself() {
    let dropout = SequenceDropout(0.25, isLocked: false, in: ParameterStore(seed: 0).root / "a")
    let rows = rows(dropout(ones, .training(seed: 3, step: 5)).values)
    #expect(Set(rows).count > 290)
  }

  @Test func tokenDropoutDropsAllOfAType() {
    let dropout = TokenDropout(0.5, in: ParameterStore(seed: 0).root / "a")
    let ids = (0..<300).map { Int32($0 % 10) }
    let rows = rows(
      dropout(ones, ids: Tensor(ids), vocabularySize: 10, .training(seed: 1, step: 0)).values)
    for (row, id) in zip(rows, ids) {
      #expect(Set(row).count == 1 && row == rows[Int(id)])
    }
    #expect(Set(rows.map { $0[0] }) == [0, 2])
  }

  /// A dropped channel gives no gradient, a kept one its scale.
  @Test func gradientsAreThoseOfTheMask() throws {
    let store = ParameterStore(seed: 0)
    let weight = store.root.parameter("w", [300, 40], .ones)
    let dropout = SequenceDropout(0.25, isLocked: true, in: store.root / "a")
    let mode = Mode.training(seed: 3, step: 5)
    let dropped = dropout(ones.with(weight.value), mode)
    let gradients = dropped.values.sum().gradients(of: [weight])
    #expect(try #require(gradients[weight]).floatElements == dropped.values.floatElements)
  }
}
