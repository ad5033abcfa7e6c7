import Foundation
import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct GloVeTests {
    static let sentences: [[Int32]] = [
      [0, 1, 2, 0], [], [3, 3, 1], [4], [2, 1, 0, 3, 4, 2, 2, 1], [5],
    ]

    static func counted(_ window: Int) -> Cooccurrences {
      let counter = CooccurrenceCounter(window: window)
      for part in [sentences[..<3], sentences[3...]] {
        counter.add(
          Array(part.joined()),
          ends: part.reduce(into: []) { $0.append(($0.last ?? 0) + $1.count) })
      }
      return counter.shuffled(RandomKey(seed: 1, name: "pairs"))
    }

    /// In "a b a" with symmetric windows, the authors' cooccur counts X(a, b) = X(b, a) = 1 + 1 and
    /// X(a, a) = 1/2 + 1/2, once from each end.
    @Test func aWordBesideItselfCountsFromBothEnds() {
      let counter = CooccurrenceCounter(window: 2)
      counter.add([0, 1, 0], ends: [3])
      let pairs = counter.shuffled(RandomKey(seed: 1, name: "a b a"))
      let found = (0..<pairs.count).map { pairs[$0] }.sorted { $0.second < $1.second }
      #expect(found.map { [$0.first, $0.second] } == [[0, 0], [0, 1]])
      #expect(found.map(\.weight) == [1, 2])
    }

    @Test(arguments: [1, 3, 20])
    func countsAreThoseOfTwoLoops(_ window: Int) {
      // What stands around each word, in both orders.
      var around: [[Int]: Double] = [:]
      for sentence in Self.sentences {
        for (place, word) in sentence.enumerated() {
          for (other, neighbour) in sentence.enumerated()
          where other != place && abs(other - place) <= window {
            around[[Int(word), Int(neighbour)], default: 0] += 1 / Double(abs(other - place))
          }
        }
      }
      let expected = around.filter { $0.key[0] <= $0.key[1] }
      let pairs = Self.counted(window)
      #expect(pairs.count == expected.count)
      for index in 0..<pairs.count {
        let (first, second, weight) = pairs[index]
        #expect(abs((expected[[first, second]] ?? 0) - weight) < 1e-12)
      }
    }

    @Test func manyPairsAreCountedOnce() {
      let counter = CooccurrenceCounter(window: 2)
      let ids = (0..<40_000).map { Int32($0) }
      for _ in 0..<2 { counter.add(ids, ends: [ids.count]) }
      let pairs = counter.shuffled(RandomKey(seed: 1, name: "many"))
      #expect(pairs.count == 2 * ids.count - 3)
      var seen: Set<[Int]> = []
      for index in 0..<pairs.count {
        let (first, second, weight) = pairs[index]
        #expect(seen.insert([first, second]).inserted)
        #expect(weight == 2 / Double(second - first))
      }
    }

    /// The loss of a pair, f(x)(w·w̃ + b + b̃ − ln x)² / 2, whose gradient the kernel follows.
    private struct Reference {
      var values: [[[Double]]]
      var squares: [[[Double]]]

      func difference(_ word: Int, _ context: Int, _ weight: Double) -> Double {
        let dot = zip(values[0][word], values[1][context]).reduce(0) { $0 + $1.0 * $1.1 }
        return dot + values[2][word][0] + values[3][context][0] - log(weight)
      }

      mutating func learn(_ word: Int, _ context: Int, _ weight: Double) -> Double {
        let share = min(1, pow(weight / 2, 0.75))
        let difference = difference(word, context, weight)
        let step = 0.1 * share * difference
        let gradients = [values[1][context], values[0][word], [1], [1]]
        for (table, row) in [word, context, word, context].enumerated() {
          for (column, gradient) in gradients[table].enumerated() {
            let change = step * gradient
            values[table][row][column] -= change / squares[table][row][column].squareRoot()
            squares[table][row][column] += change * change
          }
        }
        return share * difference * difference
      }
    }

    @Test func passIsThatOfTheReference() {
      Processor.threadCount = 1
      let pairs = Self.counted(3)
      var weights = GloVeWeights(
        wordCount: 6, columnCount: 21, RandomKey(seed: 5, name: "weights"))
      func table(_ rows: Tensor) -> [[Double]] {
        let columns = rows.rank == 1 ? 1 : rows.columnCount
        let values = rows.floatElements.map(Double.init)
        return stride(from: 0, to: values.count, by: columns).map {
          Array(values[$0..<$0 + columns])
        }
      }
      func all() -> [[[Double]]] {
        [
          table(weights.words.rows), table(weights.contexts.rows), table(weights.wordBiases),
          table(weights.contextBiases),
        ]
      }
      var reference = Reference(
        values: all(), squares: all().map { $0.map { $0.map { _ in 1 } } })
      for _ in 0..<5 {
        var expected = 0.0
        for index in 0..<pairs.count {
          let (first, second, weight) = pairs[index]
          expected += reference.learn(first, second, weight)
          if first != second { expected += reference.learn(second, first, weight) }
        }
        let loss = weights.learn(pairs, 0..<pairs.count, rate: 0.1, limit: 2, power: 0.75)
        #expect(abs(loss - expected) < 1e-5 * expected)
      }
      for (kernel, expected) in zip(all(), reference.values) {
        for (value, expected) in zip(kernel.joined(), expected.joined()) {
          #expect(abs(value - expected) < 1e-6)
        }
      }
    }
  }
}
