import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct DropoutTests {
    @Test func dropoutAgreesWithReference() {
      let dropped = Dropped(rate: 0.3, key: RandomKey(seed: 1, step: 7, name: "dropout"))
      check(
        "dropout", [.wave([7, 13])], { dropout($0[0], dropped) },
        reference: { v in v[0].indices.map { v[0][$0] * dropoutFactor(dropped, $0) } })
    }

    @Test func shareOfDroppedElements() {
      let count = 100_003
      let dropped = Dropped(rate: 0.25, key: RandomKey(seed: 1, name: "dropout"))
      let result = dropout(Tensor.ones([count]), dropped).floatElements
      let zeros = result.count { $0 == 0 }
      // Five standard deviations.
      #expect(
        (Double(zeros) - 0.25 * Double(count)).magnitude < 5 * (0.1875 * Double(count)).squareRoot()
      )
      #expect(Set(result) == [0, 1 / 0.75])
    }
  }
}
