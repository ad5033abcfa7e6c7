import ApusFiles
import Foundation
import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct CTCLossTests {
    /// The losses by enumeration of all paths through the classes.
    private static func losses(
      _ logits: [Double], _ lengths: [Int], _ targets: [[Int32]], classCount: Int, blank: Int
    ) -> [Double] {
      let probabilities = softmaxRows(logits, columns: classCount)
      var start = 0
      return zip(lengths, targets).map { length, target in
        defer { start += length }
        var paths: [(labels: [Int32], last: Int, probability: Double)] = [([], blank, 1)]
        for frame in start..<start + length {
          paths = paths.flatMap { path in
            (0..<classCount).map { label in
              (
                label == path.last || label == blank
                  ? path.labels : path.labels + [Int32(label)], label,
                path.probability * probabilities[frame * classCount + label]
              )
            }
          }
        }
        return -logarithm(paths.reduce(0) { $0 + ($1.labels == target ? $1.probability : 0) })
      }
    }

    @Test(arguments: [0, 1, 2]) func agreesWithEnumeration(_ blank: Int) {
      let labels = (0..<3).filter { $0 != blank }.map(Int32.init)
      let (a, b) = (labels[0], labels[1])
      let lengths = [5, 1, 4, 6, 3, 3, 0]
      let targets = [[a, b], [b], [], [a, a, b, b], [a, a], [b, a, b], []]
      check(
        // A gradient is the difference of two probabilities, which may be nearly the same.
        "ctcLoss, blank \(blank)", [.wave([lengths.reduce(0, +), 3], scale: 3)], tolerance: 3e-5,
        {
          (try? ctcLoss(Sequences($0[0], lengths: lengths), targets: targets, blank: Int32(blank)))?
            .losses ?? .zeros([1])
        },
        reference: { Self.losses($0[0], lengths, targets, classCount: 3, blank: blank) })
    }

    @Test func agreesWithPyTorch() throws {
      let directory = URL(filePath: #filePath).deletingLastPathComponent()
      let golden = try SafetensorsFile(
        contentsOf: directory.deletingLastPathComponent().path() + "Golden/ctc.safetensors")
      func tensor(_ name: String) throws -> Tensor { try golden.tensor(name) }
      func ids(_ name: String) throws -> [Int32] { try tensor(name).elements(as: Int32.self) }
      let labels = try ids("targets")
      var start = 0
      let targets = try ids("target_lengths").map { count in
        defer { start += Int(count) }
        return Array(labels[start..<start + Int(count)])
      }
      let logits = try tensor("logits").tracked
      let losses = try ctcLoss(
        Sequences(logits, lengths: try ids("lengths").map(Int.init)), targets: targets, blank: 4
      ).losses
      expectClose(
        losses.elements(as: Float.self), try tensor("losses").floatElements.map(Double.init),
        columns: 1, limit: 1e-6, "losses")
      let gradient = try #require(
        losses.gradients(of: [logits], seed: .ones([targets.count])).first)
      expectClose(
        gradient.floatElements, try tensor("gradient").floatElements.map(Double.init),
        columns: gradient.count, limit: 1e-6, "gradient")
    }

    /// Where one class has all the probability but for e^-200 a frame, Float32 has neither the range
    /// nor, in logarithms, the digits.
    @Test func farFromTheTargetNothingIsLost() throws {
      let (length, count) = (400, 40)
      var values = [Float](repeating: 0, count: length * 3)
      for frame in 0..<length { values[3 * frame + 2] = 200 }
      let logits = Tensor(values, [length, 3]).tracked
      let target = [Int32](repeating: 1, count: count)
      let losses = try ctcLoss(Sequences(logits, lengths: [length]), targets: [target]).losses
      // Any path of blanks and ones has the same probability, of which C(n + 1, 2k) have k ones.
      var paths = 0.0
      for index in 0..<2 * count {
        paths += logarithm(Double(length + 1 - index)) - logarithm(Double(index + 1))
      }
      let expected = 200 * Double(length) - paths
      #expect((Double(losses.scalar) - expected).magnitude < 1e-6 * expected)
      let gradient = try #require(losses.gradients(of: [logits]).first).floatElements
      for row in stride(from: 0, to: gradient.count, by: 3) {
        #expect(abs(gradient[row + 2] - 1) < 1e-6)
        #expect(abs(gradient[row] + gradient[row + 1] + 1) < 1e-5)
        // Blanks and ones stand for each other in a path read backwards.
        let mirrored = gradient.count - 3 - row
        #expect(abs(gradient[row] - gradient[mirrored]) < 1e-4)
      }
    }

    @Test func impossibleAndInfeasibleSequences() throws {
      let logits = Operand.wave([9, 4], scale: 2).tensor(.float32).tensor
      let batch = Sequences(logits, lengths: [3, 4, 2])
      let targets: [[Int32]] = [[1, 2], [3, 3, 3], [2]]
      #expect {
        try ctcLoss(batch, targets: targets)
      } throws: {
        ($0 as? InputError)?.description == "2: expected at least 5 frames for 3 labels, got 4"
      }
      let (losses, zeroedCount) = try ctcLoss(batch, targets: targets, infeasible: .zeroed)
      #expect(zeroedCount == 1)
      let values = losses.elements(as: Float.self)
      #expect(values[0] > 0 && values[1] == 0 && values[2] > 0)
      let gradient = try #require(
        losses.gradients(of: [logits], seed: .ones([3])).first
      ).floatElements
      #expect(gradient[12..<28].allSatisfy { $0 == 0 })
      #expect(gradient[..<12].allSatisfy { $0 != 0 } && gradient[28...].allSatisfy { $0 != 0 })

      // What is zeroed has no gradient, even where a logit is no number.
      let broken = Tensor([0, .nan, 1, 2, 3, 4] as [Float], [3, 2]).tracked
      let zeroed = try ctcLoss(
        Sequences(broken, lengths: [1, 2]), targets: [[1, 1], [1]], infeasible: .zeroed
      ).losses
      #expect(zeroed.elements(as: Float.self)[0] == 0)
      let rows = try #require(zeroed.gradients(of: [broken], seed: .ones([2])).first)
      #expect(rows.floatElements[..<2].allSatisfy { $0 == 0 })
      #expect(rows.floatElements[2...].allSatisfy { $0.isFinite && $0 != 0 })

      for label in [Int32(-1), 0, 4] {
        #expect(throws: InputError.self) { try ctcLoss(batch, targets: [[1], [label], [2]]) }
      }
      let forbidden = Tensor([0, -.infinity, 0, -.infinity] as [Float], [2, 2]).tracked
      let impossible = try ctcLoss(Sequences(forbidden, lengths: [2]), targets: [[1]]).losses
      #expect(impossible.scalar == .infinity)
      #expect(
        try #require(impossible.gradients(of: [forbidden]).first).floatElements == [0, 0, 0, 0])
      let damaged = Sequences(Tensor([0, .nan, 0, 0] as [Float], [2, 2]), lengths: [2])
      #expect(try ctcLoss(damaged, targets: [[1]]).losses.scalar.isNaN)
    }

    /// Several vectors of states, several chunks of classes.
    @Test(arguments: [(29, 80), (2500, 31)]) func batchMatesAndThreadsChangeNothing(
      _ classCount: Int, _ labelCount: Int
    ) throws {
      let lengths = [200, 0, 90, 170, 165]
      let targets = lengths.enumerated().map { row, length in
        (0..<min(labelCount, length / 2)).map { Int32(1 + ($0 * $0 + row) % (classCount - 1)) }
      }
      let logits = Operand.wave([lengths.reduce(0, +), classCount], scale: 4).tensor(.float32)
        .tensor
      let batch = Sequences(logits, lengths: lengths)
      let former = Processor.threadCount
      defer { Processor.threadCount = former }
      func results(_ threads: Int) throws -> [[Float]] {
        Processor.threadCount = threads
        let losses = try ctcLoss(batch, targets: targets).losses
        return [losses].map(\.floatElements)
          + losses.gradients(of: [logits], seed: .ones([lengths.count])).map(\.floatElements)
      }
      let (one, three) = (try results(1), try results(3))
      #expect(one == three)
      for (row, (start, end)) in zip(batch.offsets, batch.offsets.dropFirst()).enumerated() {
        let alone = logits.detached.rows(start..<end).tracked
        let losses = try ctcLoss(
          Sequences(alone, lengths: [end - start]), targets: [targets[row]]
        ).losses
        #expect(losses.scalar == one[0][row])
        #expect(
          losses.gradients(of: [alone]).first?.floatElements
            == Array(one[1][start * classCount..<end * classCount]))
      }
      // What the gradients of a frame sum to.
      for start in stride(from: 0, to: one[1].count, by: classCount) {
        #expect(abs(one[1][start..<start + classCount].reduce(0, +)) < 1e-4)
      }
    }
  }
}
