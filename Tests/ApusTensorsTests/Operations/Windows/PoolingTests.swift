import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct PoolingTests {
    static let offsets = [0, 3, 3, 4, 17, 22]
    static let windows: [(Window, Window?)] = [
      (Window(2, stride: 2), nil), (Window(3, padding: 2), nil),
      (Window(3, stride: 2, dilation: 2, padding: (1, 3)), nil), (Window(2), Window(2, stride: 2)),
      (Window(3, stride: 2, padding: 1), Window(2, stride: 2, padding: 1)),
    ]

    @Test(arguments: windows.indices) func overWindowsAgreesWithReference(_ index: Int) {
      let (time, across) = Self.windows[index]
      let bins = across == nil ? 1 : 3
      let reference = WindowReference(
        offsets: Self.offsets, time: time, across: across ?? Window(1), bins: bins)
      let shape = across == nil ? [22, 3] : [22, bins, 3]
      // All different in BFloat16 too, which has 256 whole numbers of each sign: a greatest element of
      // two equal ones has no derivative.
      let distinct = (0..<shape.reduce(1, *)).map { Double($0 * 37 % 257 - 128) }
      check(
        "max", [Operand(shape: shape, values: distinct)],
        {
          Sequences($0[0], offsets: Self.offsets).max(over: time, across: across ?? Window(1))
            .values
        },
        reference: { x in reference.pooled(x[0], channels: 3) { $0.max() ?? 0 } })
      check(
        "mean", [.wave(shape)],
        {
          Sequences($0[0], offsets: Self.offsets).mean(over: time, across: across ?? Window(1))
            .values
        },
        reference: { x in
          reference.pooled(x[0], channels: 3) { $0.reduce(0, +) / Double($0.count) }
        })
    }

    /// Each sequence's rows, column by column; 0 for none.
    private func ofEach(_ x: [Double], _ pool: ([Double]) -> Double) -> [Double] {
      zip(Self.offsets, Self.offsets.dropFirst()).flatMap { start, end in
        (0..<3).map { column in
          start == end ? 0 : pool((start..<end).map { x[$0 * 3 + column] })
        }
      }
    }

    @Test func overSequencesAgreesWithReference() {
      let cases: [(String, (Sequences) -> Tensor, ([Double]) -> Double)] = [
        ("maxima", { $0.maxima }, { $0.max() ?? 0 }),
        ("means", { $0.means }, { $0.reduce(0, +) / Double($0.count) }),
        ("sums", { $0.sums }, { $0.reduce(0, +) }),
        (
          "rootLengthMeans", { $0.rootLengthMeans },
          { $0.reduce(0, +) / Double($0.count).squareRoot() }
        ),
      ]
      for (name, operation, pool) in cases {
        check(
          name, [.wave([22, 3])], { operation(Sequences($0[0], offsets: Self.offsets)) },
          reference: { ofEach($0[0], pool) })
      }
    }

    @Test func maximaOfNaNsAndEqualsGoToTheFirst() {
      let x = Tensor([1, .nan, 2, 3, 3, 3] as [Float], [6, 1]).tracked
      let result = Sequences(x, lengths: [3, 3]).maxima
      #expect(result.floatElements[0].isNaN && result.floatElements[1] == 3)
      let gradient = result.gradients(of: [x], seed: .ones([2, 1]))[0]
      #expect(gradient.floatElements == [0, 1, 0, 1, 0, 0])
    }

    @Test func upsamplingRepeatsElements() {
      check(
        "upsampled", [.wave([22, 3])],
        {
          let result = Sequences($0[0], offsets: Self.offsets).upsampled(by: 3)
          #expect(result.offsets == Self.offsets.map { 3 * $0 })
          return result.values
        },
        reference: { x in
          (0..<22).flatMap { row in (0..<3).flatMap { _ in x[0][row * 3..<row * 3 + 3] } }
        })
    }
  }
}
