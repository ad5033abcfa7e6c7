import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct ConditionalRandomFieldTests {
    /// The score of each sequence of labels of one sequence of elements, by its definition.
    private static func scores(
      _ emissions: ArraySlice<Double>, _ x: [[Double]], labelCount: Int
    ) -> [(labels: [Int], score: Double)] {
      let length = emissions.count / labelCount
      var paths: [[Int]] = [[]]
      for _ in 0..<length { paths = paths.flatMap { path in (0..<labelCount).map { path + [$0] } } }
      return paths.map { path in
        guard let first = path.first, let last = path.last else { return (path, 0) }
        var score = x[2][first] + x[3][last]
        for (step, label) in path.enumerated() {
          score += emissions[emissions.startIndex + step * labelCount + label]
          if step > 0 { score += x[1][path[step - 1] * labelCount + label] }
        }
        return (path, score)
      }
    }

    /// The loss by enumeration of all sequences of labels.
    private static func losses(
      _ x: [[Double]], offsets: [Int], labels: [Int], labelCount: Int
    ) -> [Double] {
      zip(offsets, offsets.dropFirst()).map { start, end in
        let scores = scores(
          x[0][start * labelCount..<end * labelCount], x, labelCount: labelCount)
        let gold = scores.first { $0.labels == Array(labels[start..<end]) }?.score ?? .nan
        return logarithm(scores.reduce(0) { $0 + exponential($1.score) }) - gold
      }
    }

    private static func chain(_ tensors: [Tensor]) -> ChainScores {
      ChainScores(transitions: tensors[1], starts: tensors[2], ends: tensors[3])
    }

    /// With an empty sequence, and one of a single element.
    private static let offsets = [0, 3, 3, 4, 8]

    @Test(arguments: [2, 3, 9], [false, true])
    func lossAgreesWithEnumeration(_ labelCount: Int, _ forbids: Bool) {
      let offsets = labelCount == 9 ? [0, 3, 3, 4, 6] : Self.offsets
      let count = offsets.last ?? 0
      let labels = (0..<count).map { ($0 * 5 + 1) % labelCount }
      var transitions = Operand.weights([labelCount, labelCount], seed: 2, scale: 2)
      var starts = Operand.weights([labelCount], seed: 3)
      if forbids {
        // All that the labels don't need and that leaves each element a way.
        let used = Set(zip(labels, labels.dropFirst()).map { $0 * labelCount + $1 })
        let values = transitions.values.enumerated().map { index, value in
          index % 3 == 1 && !used.contains(index) ? -.infinity : value
        }
        transitions = Operand(shape: transitions.shape, values: values, type: .float32)
        let firsts = Set(offsets.dropLast().map { $0 < count ? labels[$0] : 0 })
        starts = Operand(
          shape: starts.shape,
          values: starts.values.enumerated().map { firsts.contains($0) ? $1 : -.infinity },
          type: .float32)
      }
      check(
        "chainLoss of \(labelCount) labels",
        [
          .wave([count, labelCount], scale: 3), transitions, starts,
          .weights([labelCount], seed: 4),
        ],
        {
          chainLoss(
            Sequences($0[0], offsets: offsets), labels: Tensor(labels.map(Int32.init)),
            Self.chain($0))
        },
        reference: {
          Self.losses($0, offsets: offsets, labels: labels, labelCount: labelCount)
        })
    }

    @Test(arguments: [1, 2, 3, 9]) func bestLabelsAgreeWithEnumeration(_ labelCount: Int) {
      let offsets = labelCount == 9 ? [0, 3, 3, 4, 6] : Self.offsets
      let count = offsets.last ?? 0
      let operands = [
        Operand.wave([count, labelCount], seed: 5, scale: 2),
        .weights([labelCount, labelCount], seed: 2, scale: 2), .weights([labelCount], seed: 3),
        .weights([labelCount], seed: 4),
      ].map { $0.tensor(.float32) }
      let values = operands.map(\.values)
      let (labels, scores) = bestLabels(
        Sequences(operands[0].tensor, offsets: offsets), Self.chain(operands.map(\.tensor)))
      let found = labels.elements(as: Int32.self).map(Int.init)
      for (index, (start, end)) in zip(offsets, offsets.dropFirst()).enumerated() {
        let paths = Self.scores(
          values[0][start * labelCount..<end * labelCount], values, labelCount: labelCount)
        let best = paths.max { $0.score < $1.score }
        #expect(Array(found[start..<end]) == best?.labels)
        let error = Double(scores.elements(as: Float.self)[index]) - (best?.score ?? .nan)
        #expect(error.magnitude < 1e-5)
      }
    }

    @Test func oneLabelIsCertain() {
      let emissions = Operand.wave([4, 1], scale: 3).tensor(.float32).tensor
      let loss = chainLoss(
        Sequences(emissions, lengths: [4]), labels: Tensor([0, 0, 0, 0] as [Int32]),
        ChainScores(transitions: .ones([1, 1]), starts: .ones([1]), ends: .ones([1])))
      #expect(loss.scalar.magnitude < 1e-6)
    }

    /// Without scores of neighbours each element stands for itself, however many there are.
    @Test(arguments: [17, 130]) func longSequencesLoseNothing(_ labelCount: Int) throws {
      let length = 3000
      let emissions = Operand.wave([length + 2, labelCount], scale: 8).tensor(.float32)
      let labels = (0..<length + 2).map { Int32($0 * 7 % labelCount) }
      let free = ChainScores(
        transitions: .zeros([labelCount, labelCount]), starts: .zeros([labelCount]),
        ends: .zeros([labelCount]))
      let sequences = Sequences(emissions.tensor, offsets: [0, length, length + 2])
      let loss = chainLoss(sequences, labels: Tensor(labels), free)
      let logs = softmaxRows(emissions.values, columns: labelCount).map(logarithm)
      func sum(_ range: Range<Int>) -> Double {
        range.reduce(0) { $0 - logs[$1 * labelCount + Int(labels[$1])] }
      }
      expectClose(
        loss.elements(as: Float.self), [sum(0..<length), sum(length..<length + 2)], columns: 2,
        limit: 1e-6, "loss of a long sequence")
      let gradient = try #require(loss.gradients(of: [sequences.values], seed: .ones([2])).first)
      let expected = softmaxRows(emissions.values, columns: labelCount).enumerated().map {
        $1 - (Int32($0 % labelCount) == labels[$0 / labelCount] ? 1 : 0)
      }
      expectClose(
        gradient.floatElements, expected, columns: labelCount, limit: 1e-5,
        "gradient of a long sequence")
    }

    @Test func batchMatesAndThreadsChangeNothing() {
      let (labelCount, lengths) = (17, [50, 1, 0, 20, 33, 7, 7, 2, 9, 14])
      let count = lengths.reduce(0, +)
      let x = [
        Operand.wave([count, labelCount], scale: 3),
        .weights([labelCount, labelCount], seed: 2), .weights([labelCount], seed: 3),
        .weights([labelCount], seed: 4),
      ].map { $0.tensor(.float32).tensor }
      let labels = Tensor((0..<count).map { Int32($0 * 3 % labelCount) })
      let batch = Sequences(x[0], lengths: lengths)
      let former = Processor.threadCount
      defer { Processor.threadCount = former }
      func gradients(_ threads: Int) -> [[Float]] {
        Processor.threadCount = threads
        let loss = chainLoss(batch, labels: labels, Self.chain(x))
        return loss.gradients(of: x, seed: .ones([lengths.count])).map(\.floatElements)
      }
      #expect(gradients(1) == gradients(3))
      let losses = chainLoss(batch, labels: labels, Self.chain(x)).elements(as: Float.self)
      for (index, (start, end)) in zip(batch.offsets, batch.offsets.dropFirst()).enumerated() {
        let alone = chainLoss(
          Sequences(x[0].rows(start..<end), lengths: [end - start]),
          labels: labels.rows(start..<end), Self.chain(x))
        #expect(alone.elements(as: Float.self) == [losses[index]])
      }
    }
  }
}
