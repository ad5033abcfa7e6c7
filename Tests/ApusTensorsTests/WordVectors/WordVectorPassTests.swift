import Foundation
import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct WordVectorPassTests {
    /// Skip-gram and CBOW, negatives and tree, with subwords and without.
    enum Case: CaseIterable {
      case skipGram, skipGramTree, skipGramSubwords, skipGramSubwordsTree, bag, bagTree, bagSubwords

      var isBag: Bool { [.bag, .bagTree, .bagSubwords].contains(self) }
      var hasTree: Bool { [.skipGramTree, .skipGramSubwordsTree, .bagTree].contains(self) }
      var hasSubwords: Bool {
        [.skipGramSubwords, .skipGramSubwordsTree, .bagSubwords].contains(self)
      }
    }

    static let counts = [9, 1, 4, 7, 2, 5, 3]
    static let columnCount = 19
    /// Sentences of unequal lengths, one empty and one of a single word.
    static let sentences = [
      [0, 3, 5, 2, 0, 0, 6], [], [4], [1, 2, 3, 4, 5, 6, 0, 3, 3, 0, 5], [5, 6],
    ]

    /// The same weights, text and draws for the kernel and for the reference.
    static func setting(_ kind: Case) -> (WordVectorPass, WordVectorWeights, WordVectorReference) {
      let key = RandomKey(seed: 3, name: "word vectors")
      let tree = HuffmanTree(counts: counts)
      let table = AliasTable(counts.map { pow(Double($0), 0.75) })
      let prediction: WordVectorPass.Prediction =
        kind.hasTree ? .tree(tree) : .negatives(table, count: 4)
      // The last word has no subwords; two words share some.
      let rows = counts.indices.map { word in
        kind.hasSubwords && word < 6 ? [word, 7 + word % 4, 8 + word % 3] : [word]
      }
      let shares = [0.5, 1, 1, 1, 0.9, 1, 1]
      let pass = WordVectorPass(
        prediction, window: 3, isBag: kind.isBag, keptShares: shares,
        subwords: kind.hasSubwords ? WordRows(rows.map { $0.map(Int32.init) }) : nil, key)
      func values(_ count: Int, _ phase: Double) -> [[Double]] {
        (0..<count).map { row -> [Double] in
          let start = phase + 1.7 * Double(row)
          return (0..<columnCount).map { Double(Float(sin(start + 0.9 * Double($0)))) }
        }
      }
      let outputCount = kind.hasTree ? tree.innerNodeCount : counts.count
      let reference = WordVectorReference(
        inputs: values(12, 0.3), outputs: values(outputCount, 1.1), isBag: kind.isBag, window: 3,
        negatives: 4, table: kind.hasTree ? nil : table, tree: kind.hasTree ? tree : nil,
        rows: rows, hasSubwords: kind.hasSubwords, keptShares: shares, key: key)
      func padded(_ rows: [[Double]]) -> PaddedRows {
        PaddedRows(Tensor(rows.joined().map(Float.init), [rows.count, columnCount]))
      }
      let weights = WordVectorWeights(
        inputs: padded(reference.inputs), outputs: padded(reference.outputs))
      return (pass, weights, reference)
    }

    @Test(arguments: Case.allCases)
    func gradientsAreThoseOfTheLoss(_ kind: Case) throws {
      let (_, _, reference) = Self.setting(kind)
      let updates = reference.updates(Self.sentences[3], first: 8, epoch: 2)
      let (update, _) = try #require(updates.max { $0.0.inputs.count < $1.0.inputs.count })
      let gradients = reference.gradients(update)
      let step = 1e-5
      func slope(_ path: WritableKeyPath<WordVectorReference, Double>) -> Double {
        var (above, below) = (reference, reference)
        above[keyPath: path] += step
        below[keyPath: path] -= step
        return (above.loss(update) - below.loss(update)) / (2 * step)
      }
      for (row, gradient) in gradients.outputs {
        let errors = gradient.indices.map { slope(\.outputs[row][$0]) - gradient[$0] }
        #expect(errors.allSatisfy { abs($0) < 1e-7 })
      }
      // A row has its share of the mean's gradient in each input it is part of.
      for row in Set(update.inputs.joined()) {
        for column in 0..<Self.columnCount {
          let expected = zip(update.inputs, gradients.inputs).reduce(0.0) { sum, input in
            let share = Double(input.0.count { $0 == row }) / Double(input.0.count)
            return sum + share * input.1[column]
          }
          #expect(abs(slope(\.inputs[row][column]) - expected) < 1e-7)
        }
      }
    }

    @Test(arguments: Case.allCases)
    func kernelLearnsWhatTheReferenceLearns(_ kind: Case) {
      Processor.threadCount = 1
      var (pass, weights, reference) = Self.setting(kind)
      let rate = WordVectorPass.Rate(first: 0.2, step: 0.004, least: 0.13)
      var loss = (sum: 0.0, count: 0)
      for epoch in 0..<3 {
        let ids = Self.sentences.joined().map(Int32.init)
        let ends = Self.sentences.reduce(into: []) { $0.append(($0.last ?? 0) + $1.count) }
        let measured = pass.learn(
          ids, ends: ends, first: 5, epoch: epoch, rate: rate, &weights)
        var first = 5
        loss = (0, 0)
        for sentence in Self.sentences {
          for (update, place) in reference.updates(sentence, first: first, epoch: epoch) {
            if place % 16 == 0 {
              loss.sum += reference.loss(update)
              loss.count += update.inputs.count * update.outputs.count
            }
            reference.apply(update, rate: max(rate.first - rate.step * Double(place), rate.least))
          }
          first += sentence.count
        }
        #expect(Int(measured.count) == loss.count)
        #expect(abs(measured.sum - loss.sum) <= 1e-5 * max(1, loss.sum))
      }
      for (kernel, expected) in [
        (weights.inputs, reference.inputs), (weights.outputs, reference.outputs),
      ] {
        let rows: [Float] = kernel.rows.elements()
        let errors = zip(rows, expected.joined()).map { abs(Double($0) - $1) }
        #expect((errors.max() ?? 1) < 2e-5)
        // What pads the rows stays zero.
        let all: [Float] = kernel.values.columns(Self.columnCount..<32).elements()
        #expect(all.allSatisfy { $0 == 0 })
      }
    }

    @Test func partsOfATextLearnWhatTheWholeDoes() {
      Processor.threadCount = 1
      let (pass, start, _) = Self.setting(.skipGram)
      let rate = WordVectorPass.Rate(first: 0.2, step: 0.001, least: 0)
      var (whole, parts) = (start, start)
      let ids = Self.sentences.joined().map(Int32.init)
      let ends = Self.sentences.reduce(into: []) { $0.append(($0.last ?? 0) + $1.count) }
      _ = pass.learn(ids, ends: ends, first: 0, epoch: 1, rate: rate, &whole)
      var first = 0
      for sentence in Self.sentences {
        _ = pass.learn(
          sentence.map(Int32.init), ends: [sentence.count], first: first, epoch: 1, rate: rate,
          &parts)
        first += sentence.count
      }
      #expect(whole.inputs.values.elements() as [Float] == parts.inputs.values.elements())
      #expect(whole.outputs.values.elements() as [Float] == parts.outputs.values.elements())
      #expect(start.inputs.values.elements() as [Float] != whole.inputs.values.elements())
    }

    @Test func severalThreadsLearnToo() {
      defer { Processor.threadCount = 1 }
      Processor.threadCount = 4
      // Words of equal parity stand together.
      var random = RandomStream(RandomKey(seed: 1, name: "words"))
      let ids = (0..<60_000).map { Int32(2 * random.below(5) + $0 / 20 % 2) }
      let ends = Array(stride(from: 20, through: ids.count, by: 20))
      let pass = WordVectorPass(
        .negatives(AliasTable(Array(repeating: 1, count: 10)), count: 5), window: 4, isBag: false,
        keptShares: Array(repeating: 1, count: 10), RandomKey(seed: 1, name: "threads"))
      var weights = WordVectorWeights(
        inputCount: 10, outputCount: 10, columnCount: 8, RandomKey(seed: 2, name: "weights"))
      let rate = WordVectorPass.Rate(first: 0.05, step: 0, least: 0)
      let loss = pass.learn(ids, ends: ends, first: 0, epoch: 0, rate: rate, &weights)
      #expect(loss.mean < 0.6)
      let rows = weights.inputs.rows
      func cosine(_ a: Int, _ b: Int) -> Float {
        let (x, y): ([Float], [Float]) = (
          rows.rows(a..<a + 1).elements(), rows.rows(b..<b + 1).elements()
        )
        func dot(_ x: [Float], _ y: [Float]) -> Float { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
        return dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot()
      }
      #expect(cosine(0, 2) > cosine(0, 1) + 0.5)
      #expect(cosine(5, 9) > cosine(5, 4) + 0.5)
    }
  }
}
