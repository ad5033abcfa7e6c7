import ApusTensors
import Foundation

/// Skip-gram and CBOW in Double, a line a formula, with the draws of the kernel.
struct WordVectorReference {
  var inputs, outputs: [[Double]]
  var isBag = false
  var window: Int
  var negatives = 0
  var table: AliasTable?
  var tree: HuffmanTree?
  /// The input rows of each word.
  var rows: [[Int]]
  var hasSubwords = false
  var keptShares: [Double]
  var key: RandomKey

  /// What is predicted at once: every input, a mean of rows, predicts the label of every output.
  struct Update {
    var inputs: [[Int]] = []
    var outputs: [(row: Int, label: Double)] = []
  }

  func mean(_ rows: [Int]) -> [Double] {
    let sum = rows.reduce([Double](repeating: 0, count: inputs[0].count)) { sum, row in
      zip(sum, inputs[row]).map { $0 + $1 }
    }
    return sum.map { $0 / Double(rows.count) }
  }

  /// -ln σ(±x) over all predictions.
  func loss(_ update: Update) -> Double {
    var total = 0.0
    for input in update.inputs.map(mean) {
      for (row, label) in update.outputs {
        let x = zip(input, outputs[row]).reduce(0) { $0 + $1.0 * $1.1 }
        total += log1p(exp(label > 0 ? -x : x))
      }
    }
    return total
  }

  /// The gradients of the loss by output row, and by input, before they are shared out to its rows.
  func gradients(_ update: Update) -> (outputs: [Int: [Double]], inputs: [[Double]]) {
    var ofOutputs: [Int: [Double]] = [:]
    var ofInputs: [[Double]] = []
    for input in update.inputs.map(mean) {
      var step = [Double](repeating: 0, count: input.count)
      for (row, label) in update.outputs {
        let x = zip(input, outputs[row]).reduce(0) { $0 + $1.0 * $1.1 }
        let g = 1 / (1 + exp(-x)) - label
        step = zip(step, outputs[row]).map { $0 + g * $1 }
        let old = ofOutputs[row] ?? [Double](repeating: 0, count: input.count)
        ofOutputs[row] = zip(old, input).map { $0 + g * $1 }
      }
      ofInputs.append(step)
    }
    return (ofOutputs, ofInputs)
  }

  mutating func apply(_ update: Update, rate: Double) {
    let gradients = gradients(update)
    for (row, gradient) in gradients.outputs {
      outputs[row] = zip(outputs[row], gradient).map { $0 - rate * $1 }
    }
    for (rows, gradient) in zip(update.inputs, gradients.inputs) {
      for row in rows { inputs[row] = zip(inputs[row], gradient).map { $0 - rate * $1 } }
    }
  }

  /// The updates of a sentence whose first word has a number in the text.
  func updates(_ sentence: [Int], first: Int, epoch: Int) -> [(Update, place: Int)] {
    let kept = sentence.enumerated().filter { offset, word in
      let number = UInt64(first + offset)
      let draw = block(number / 4 | 1 << 63, epoch)[Int(number % 4)]
      return keptShares[word] >= 1 || Double(draw) < (keptShares[word] * 0x1p32).rounded(.down)
    }
    return kept.indices.compactMap { centre in
      let place = first + kept[centre].offset
      var number = UInt64(place) << 20
      var pending: [UInt32] = []
      func draw() -> UInt32 {
        if pending.isEmpty {
          let words = block(number, epoch)
          pending = [words.x, words.y, words.z, words.w]
          number += 1
        }
        return pending.removeFirst()
      }
      let reach = 1 + Int((UInt64(draw()) * UInt64(window)) >> 32)
      let range = max(0, centre - reach)..<min(kept.count, centre + reach + 1)
      let around = range.filter { $0 != centre }.map { kept[$0].element }
      guard !around.isEmpty else { return nil }
      func outputs(of word: Int) -> [(row: Int, label: Double)] {
        if let tree { return tree.path(to: word).map { ($0.node, $0.turn ? 1 : 0) } }
        guard let table else { return [] }
        let others = (0..<negatives).map { _ in table.number(for: draw()) }
        return [(word, 1)] + others.filter { $0 != word }.map { ($0, 0) }
      }
      let word = kept[centre].element
      var update = Update()
      if isBag {
        update.inputs = [around.flatMap { rows[$0] }]
        update.outputs = outputs(of: word)
      } else if hasSubwords {
        update.inputs = [rows[word]]
        update.outputs = around.flatMap(outputs)
      } else {
        update.inputs = around.map { rows[$0] }
        update.outputs = outputs(of: word)
      }
      return (update, place)
    }
  }

  private func block(_ index: UInt64, _ epoch: Int) -> SIMD4<UInt32> {
    Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
        UInt32(truncatingIfNeeded: epoch), 0),
      key: SIMD2(
        UInt32(truncatingIfNeeded: key.bits), UInt32(truncatingIfNeeded: key.bits >> 32)))
  }
}
