import ApusFiles
import CApusKernels

/// What becomes of sequences with fewer frames than their labels need: one for each label, and a
/// blank between two of the same.
public enum CTCInfeasible: Sendable, Hashable, CaseIterable {
  /// They are an error.
  case refused
  /// Their loss and gradient are 0, and they are counted.
  case zeroed
}

/// The connectionist temporal classification loss of each sequence, in nats.
///
/// The softmax over the classes is part of it; its gradient is that of the logits. A class whose logit
/// is 10^7 or more below the greatest of its frame counts as one of −∞.
///
/// - Parameters:
///   - logits: A score for each class at each frame, not normalised, Float32 or BFloat16.
///   - targets: The labels of each sequence, without blanks; none is a target too.
///   - blank: The class that stands for no label.
///   - infeasible: What becomes of sequences that are too short for their labels.
/// - Returns: −ln of the sum of the probabilities of all alignments of the labels with the frames,
///   unreduced; ∞ with a gradient of 0 where logits of −∞ leave none. And the number of sequences that
///   were zeroed.
/// - Throws: `InputError` naming the row, from 1, of the first sequence that has a label that is no
///   class or the blank, or is too short and refused.
/// - Shapes: logits [N, V] over B sequences → [B]
/// - Source: Graves et al., ICML 2006, §4.1.
public func ctcLoss(
  _ logits: Sequences, targets: [[Int32]], blank: Int32 = 0,
  infeasible: CTCInfeasible = .refused
) throws(InputError) -> (losses: Tensor, zeroedCount: Int) {
  let classCount = logits.values.columnCount
  precondition(
    logits.values.rank == 2 && logits.values.type.isFloatingPoint && classCount > 0,
    "ctcLoss: expected [N, V] logits, got \(logits.values.type) \(logits.values.shape)")
  precondition(
    targets.count == logits.count,
    "ctcLoss: expected targets of \(logits.count) sequences, got \(targets.count)")
  precondition(
    0 <= blank && Int(blank) < classCount,
    "ctcLoss: expected a blank in 0..<\(classCount), got \(blank)")
  for (index, target) in targets.enumerated() {
    for label in target where label < 0 || Int(label) >= classCount || label == blank {
      throw InputError(
        row: index + 1, expected: "labels in 0..<\(classCount) other than the blank, \(blank)",
        found: "\(label)")
    }
  }
  let short = targets.indices.filter { ctcFrameCount(targets[$0]) > logits.lengths[$0] }
  if infeasible == .refused, let index = short.first {
    let target = targets[index]
    throw InputError(
      row: index + 1,
      expected: "at least \(ctcFrameCount(target)) frames for \(target.count) labels",
      found: "\(logits.lengths[index])")
  }

  let pass = CTCPass(logits, targets, blank: blank)
  let isTracked = isRecorded(logits.values)
  let (tops, scales) = (
    Tensor(undefined: [logits.elementCount], .float32),
    Tensor(undefined: [logits.elementCount], .float32)
  )
  let occupancies = Tensor(undefined: [pass.cellCount], .float32)
  var losses = Tensor(undefined: [logits.count], .float32)
  pass.run { ctc in
    let exponents = Tensor(undefined: [pass.cellCount], .int32)
    let room = Tensor(undefined: [Int(apus_ctc_room(ctc))], .float32)
    apus_ctc_losses(
      ctc, tops.floats, scales.floats, occupancies.floats, exponents.ints, room.floats,
      isTracked ? 1 : 0, losses.floats)
    withExtendedLifetime((exponents, room)) {}
  }
  var shown = losses
  if !short.isEmpty {
    var values = losses.elements(as: Float.self)
    for index in short { values[index] = 0 }
    shown = Tensor(values)
    // What has no alignment has no gradient, whatever its logits are.
    for index in short { values[index] = .infinity }
    losses = Tensor(values)
  }
  let saved = losses
  let recorded = shown.recorded("ctcLoss", from: [logits.values]) { gradient in
    let gradient = gradient.converted(to: .float32)
    let result = Tensor(undefined: pass.logits.shape, .float32)
    pass.run {
      apus_ctc_gradient(
        $0, tops.floats, scales.floats, occupancies.floats, saved.floats, gradient.floats,
        result.floats)
    }
    withExtendedLifetime((tops, scales, occupancies, saved, gradient)) {}
    return [.dense(result.converted(to: logits.values.type))]
  }
  return (recorded, short.count)
}

/// The fewest frames that labels can be aligned with: one for each label, and one for the blank
/// between two of the same.
public func ctcFrameCount(_ target: [Int32]) -> Int {
  target.count + zip(target, target.dropFirst()).count { $0 == $1 }
}

/// The operands of the kernels.
private struct CTCPass {
  let logits: Tensor
  /// Of frames, labels, classes and cells: B + 1 of each, one kind behind the other.
  private let offsets: [Int64]
  private let places, classes: Tensor
  /// A cell is a class of a sequence at one of its frames.
  let cellCount: Int

  init(_ logits: Sequences, _ targets: [[Int32]], blank: Int32) {
    self.logits = logits.values.detached.converted(to: .float32)
    var (places, classes): ([Int32], [Int32]) = ([], [])
    var (labelOffsets, classOffsets, cellOffsets) = ([0], [0], [0])
    var cellCount = 0
    // The place of each class in the sequence at hand; 0 for those that are not in it.
    var placeOfClass = [Int32](repeating: 0, count: logits.values.columnCount)
    for (target, length) in zip(targets, logits.lengths) {
      let first = classes.count
      classes.append(blank)
      for label in target {
        if placeOfClass[Int(label)] == 0 {
          placeOfClass[Int(label)] = Int32(classes.count - first)
          classes.append(label)
        }
        places.append(placeOfClass[Int(label)])
      }
      for label in classes[first...] { placeOfClass[Int(label)] = 0 }
      cellCount += (classes.count - first) * length
      labelOffsets.append(places.count)
      classOffsets.append(classes.count)
      cellOffsets.append(cellCount)
    }
    offsets = (logits.offsets + labelOffsets + classOffsets + cellOffsets).map(Int64.init)
    self.places = Tensor(places)
    self.classes = Tensor(classes)
    self.cellCount = cellCount
  }

  func run(_ body: (UnsafePointer<apus_ctc>) -> Void) {
    offsets.withUnsafeBufferPointer { buffer in
      guard let offsets = buffer.baseAddress else { return }
      let row = buffer.count / 4
      var ctc = apus_ctc(
        sequences: Int64(row - 1), offsets: offsets, label_offsets: offsets + row,
        places: places.ints, class_offsets: offsets + 2 * row, cell_offsets: offsets + 3 * row,
        classes: classes.ints, logits: logits.floats, columns: Int64(logits.columnCount))
      body(&ctc)
    }
  }
}
