import ApusFiles
import ApusTensors

/// A search for the most probable readings of an utterance that takes its frames bit by bit.
///
/// A prefix is what labels were said so far; its probability is the sum over the alignments that were
/// followed. Those that end with a blank and those that do not are followed or given up apart, as
/// pyctcdecode does. Separators at the beginning or behind each other count as one. Readings found are the
/// same however the frames are cut.
///
/// - Source: Graves 2012, prefix search; Hannun et al. 2014, arXiv:1408.2873, with a language model.
public struct CTCBeamSearch: Sendable {
  public let alphabet: CTCAlphabet
  public let options: CTCBeamOptions
  private let language: CTCLanguage
  private var tree: PrefixTree
  private var beams: [Beam]
  /// The number of frames that were taken.
  public private(set) var frameCount = 0
  // Room that frames share.
  private var candidates: [Candidate] = []
  private var bestScore = -Double.infinity
  private var labels: [Int32] = []
  private var scores: [Double] = []
  private var rivals: [UInt64: Double] = [:]

  /// The most probable way to a prefix.
  private struct Way {
    var score: Double
    /// Of the last label.
    var span: PrefixTree.Span

    static let none = Way(
      score: -.infinity, span: PrefixTree.Span(first: 0, last: 0, peak: -.infinity))

    func with(_ logProbability: Double) -> Way {
      Way(score: score + logProbability, span: span)
    }

    /// With the label said on at a frame.
    func stayed(_ logProbability: Double, at frame: Int32) -> Way {
      Way(
        score: score + logProbability,
        span: PrefixTree.Span(
          first: span.first, last: frame, peak: max(span.peak, logProbability)))
    }

    static func better(_ a: Way, _ b: Way) -> Way { a.score >= b.score ? a : b }
  }

  /// A prefix that is followed, with logarithms of its probability.
  private struct Beam {
    var node: Int32
    /// Of the alignments that end with a blank, and with the label.
    var blank = -Double.infinity
    var label = -Double.infinity
    var total = -Double.infinity
    var blankWay = Way.none
    var labelWay = Way.none

    var way: Way { Way.better(blankWay, labelWay) }
  }

  private struct Candidate {
    var beam: Beam
    /// Of prefixes that are not in the tree yet.
    var parent: Int32 = -1
    var newLabel: Int32 = -1
    /// Where another way to the label is the most probable one now.
    var spanBefore: PrefixTree.Span?
    var language: CTCLanguage.State
  }

  public init(_ alphabet: CTCAlphabet, _ options: CTCBeamOptions, _ language: CTCLanguage) {
    self.alphabet = alphabet
    self.options = options
    self.language = language
    tree = PrefixTree(alphabet.separator ?? -1, language.start)
    tree[PrefixTree.root].place = 0
    var beam = Beam(node: PrefixTree.root, blank: 0, total: 0)
    beam.blankWay.score = 0
    beams = [beam]
  }

  /// Takes frames.
  ///
  /// - Parameter logits: Not normalised, or log-probabilities: [T, V].
  /// - Throws: `InputError` naming the frame, counted from the first ever, where logits are no
  ///   numbers; nothing is taken then.
  public mutating func add(_ logits: Tensor) throws(InputError) {
    let frames = try CTCFrames(logits, alphabet, after: frameCount)
    for frame in 0..<frames.count { frames.withFrame(frame) { advance($0) } }
  }

  private mutating func advance(_ frame: UnsafeBufferPointer<Float>) {
    var top = 0
    for index in frame.indices where frame[index] > frame[top] { top = index }
    let least = Float(options.leastLogProbability)
    labels.removeAll(keepingCapacity: true)
    for index in frame.indices where frame[index] >= least || index == top {
      if Int32(index) != alphabet.blank { labels.append(Int32(index)) }
    }
    func logProbability(_ label: Int32) -> Double {
      let value = frame[Int(label)]
      return value >= least || Int(label) == top ? Double(value) : -.infinity
    }
    candidates.removeAll(keepingCapacity: true)
    bestScore = -.infinity
    let blank = logProbability(alphabet.blank)
    for beam in beams { stay(beam, blank, logProbability) }
    for beam in beams { extend(beam, logProbability) }
    select()
    frameCount += 1
  }

  /// What becomes of a prefix that stays as it is, or is made again from the one before.
  private mutating func stay(_ beam: Beam, _ blank: Double, _ logProbability: (Int32) -> Double) {
    let node = tree[beam.node]
    var next = Beam(node: beam.node)
    var spanBefore: PrefixTree.Span?
    next.blank = beam.total + blank
    next.blankWay = beam.way.with(blank)
    if node.label >= 0 {
      let again = logProbability(node.label)
      let frame = Int32(frameCount)
      if node.label == alphabet.separator {
        next.label = beam.total + again
        next.labelWay = beam.way.stayed(again, at: frame)
      } else {
        next.label = beam.label + again
        next.labelWay = beam.labelWay.stayed(again, at: frame)
      }
      let place = node.parent < 0 ? -1 : tree[node.parent].place
      if place >= 0 {
        let (probability, way) = entry(
          from: beams[Int(place)], isRepeat: tree[node.parent].label == node.label, again)
        next.label = logarithmicSum(next.label, probability)
        if way.score > next.labelWay.score {
          next.labelWay = way
          spanBefore = beams[Int(place)].way.span
        }
      }
    }
    append(Candidate(beam: next, spanBefore: spanBefore, language: node.language))
  }

  /// A label that comes behind a prefix: only behind a blank if it is the same as the last.
  private func entry(
    from beam: Beam, isRepeat: Bool, _ logProbability: Double
  ) -> (probability: Double, way: Way) {
    let way = isRepeat ? beam.blankWay : beam.way
    let frame = Int32(frameCount)
    return (
      (isRepeat ? beam.blank : beam.total) + logProbability,
      Way(
        score: way.score + logProbability,
        span: PrefixTree.Span(first: frame, last: frame, peak: logProbability))
    )
  }

  /// The prefixes that are not followed yet.
  private mutating func extend(_ beam: Beam, _ logProbability: (Int32) -> Double) {
    let node = tree[beam.node]
    for label in labels where !(label == alphabet.separator && label == node.label) {
      let known = node.firstChild < 0 ? nil : tree.child(beam.node, label)
      // Done where it stays.
      if let known, tree[known].place >= 0 { continue }
      let (probability, way) = entry(
        from: beam, isRepeat: label == node.label, logProbability(label))
      guard probability > -.infinity else { continue }
      guard
        let state = known.map({ tree[$0].language })
          ?? language.extended(node.language, by: label)
      else { continue }
      var next = Beam(node: known ?? -1)
      next.label = probability
      next.labelWay = way
      append(
        Candidate(
          beam: next, parent: beam.node, newLabel: label, spanBefore: beam.way.span,
          language: state))
    }
  }

  private mutating func append(_ candidate: Candidate) {
    let score = max(candidate.beam.blank, candidate.beam.label) + candidate.language.total
    guard score > -.infinity else { return }
    bestScore = max(bestScore, score)
    candidates.append(candidate)
  }

  /// Goes on with the best candidates.
  private mutating func select() {
    // The lexicon may leave nothing; then what there was stays, as if the frame had been silence.
    guard !candidates.isEmpty else { return }
    var least = bestScore - options.threshold
    scores.removeAll(keepingCapacity: true)
    for candidate in candidates {
      let language = candidate.language.total
      for score in [candidate.beam.blank + language, candidate.beam.label + language]
      where score >= least {
        scores.append(score)
      }
    }
    if scores.count > options.width { least = scores.greatest(options.width) }
    if options.recombines { findRivals(least) }
    for beam in beams { tree[beam.node].place = -1 }
    beams.removeAll(keepingCapacity: true)
    for candidate in candidates {
      let language = candidate.language.total
      var beam = candidate.beam
      if !isFollowed(beam.blank + language, candidate, 0, least) {
        (beam.blank, beam.blankWay) = (-.infinity, .none)
      }
      if !isFollowed(beam.label + language, candidate, 1, least) {
        (beam.label, beam.labelWay) = (-.infinity, .none)
      }
      beam.total = logarithmicSum(beam.blank, beam.label)
      guard beam.total > -.infinity else { continue }
      if beam.node < 0, let spanBefore = candidate.spanBefore {
        beam.node = tree.append(
          candidate.newLabel, behind: candidate.parent, spanBefore, candidate.language)
      } else if let spanBefore = candidate.spanBefore {
        tree[beam.node].spanBefore = spanBefore
      }
      tree[beam.node].place = Int32(beams.count)
      beams.append(beam)
    }
    if let numbers = tree.compact() {
      for index in beams.indices { beams[index].node = numbers[Int(beams[index].node)] }
    }
  }

  /// Finds the best score of the candidates that the same may follow, by what that depends on.
  private mutating func findRivals(_ least: Double) {
    rivals.removeAll(keepingCapacity: true)
    for candidate in candidates {
      let language = candidate.language.total
      for (ending, probability) in [candidate.beam.blank, candidate.beam.label].enumerated()
      where probability + language >= least {
        let key = CTCLanguage.State.mixed(candidate.language.future, with: UInt64(ending))
        rivals[key] = max(rivals[key] ?? -.infinity, probability + language)
      }
    }
  }

  /// Whether a candidate is followed that ends with a blank, 0, or a label, 1.
  private func isFollowed(
    _ score: Double, _ candidate: Candidate, _ ending: UInt64, _ least: Double
  ) -> Bool {
    guard score >= least, options.recombines else { return score >= least }
    return score == rivals[CTCLanguage.State.mixed(candidate.language.future, with: ending)]
  }

  /// The best reading so far, whose last word may not be ended.
  public var partial: CTCHypothesis {
    let best = beams.dropFirst().reduce(beams[0]) { score(of: $1) > score(of: $0) ? $1 : $0 }
    return hypothesis(best, acousticScore: best.total, tree[best.node].language)
  }

  /// The number of prefixes that are kept.
  var nodeCount: Int { tree.nodes.count }

  private func score(of beam: Beam) -> Double { beam.total + tree[beam.node].language.total }

  /// The best readings if the utterance ends here, the best first.
  ///
  /// - Parameter count: How many, at most.
  /// - Returns: At least one.
  public func finished(count: Int = 1) -> [CTCHypothesis] {
    precondition(count > 0, "finished: expected a count above 0, got \(count)")
    // By the prefix without a separator behind it: the text is the same.
    var readings: [Int32: (beam: Beam, total: Double, language: CTCLanguage.State)] = [:]
    var isComplete = false
    for beam in beams {
      let node = tree[beam.node]
      let key =
        node.label == alphabet.separator && node.parent >= 0 ? node.parent : beam.node
      let ended = language.ended(tree[key].language)
      // Words that are not in the lexicon are given only if there is nothing else.
      guard ended != nil || !isComplete else { continue }
      if ended != nil, !isComplete {
        readings.removeAll()
        isComplete = true
      }
      let state = ended ?? tree[key].language
      if let other = readings[key] {
        readings[key] = (
          other.beam.total >= beam.total ? other.beam : beam,
          logarithmicSum(other.total, beam.total), state
        )
      } else {
        readings[key] = (beam, beam.total, state)
      }
    }
    let sorted = readings.sorted { first, second in
      let scores = [first, second].map { $0.value.total + $0.value.language.total }
      return scores[0] == scores[1] ? first.key < second.key : scores[0] > scores[1]
    }
    return sorted.prefix(count).map { _, reading in
      hypothesis(reading.beam, acousticScore: reading.total, reading.language)
    }
  }

  private func hypothesis(
    _ beam: Beam, acousticScore: Double, _ state: CTCLanguage.State
  ) -> CTCHypothesis {
    var labels: [TimedLabel] = []
    var node = tree[beam.node]
    var span = beam.way.span
    // Ways to other prefixes may have moved what is before: labels never overlap nonetheless.
    var end = Int.max
    while node.parent >= 0 {
      let last = min(Int(span.last), end - 1)
      let first = min(Int(span.first), last)
      labels.append(
        TimedLabel(
          label: node.label, frames: max(0, first)...max(0, last), logProbability: span.peak))
      end = first
      span = node.spanBefore
      node = tree[node.parent]
    }
    labels.reverse()
    if let separator = alphabet.separator, labels.last?.label == separator { labels.removeLast() }
    return CTCHypothesis(
      labels: labels, alphabet, acousticScore: acousticScore, languageScore: state.total)
  }
}

/// The best readings of an utterance, the best first.
///
/// - Parameters:
///   - logits: Not normalised, or log-probabilities: [T, V].
///   - alphabet: What the V classes stand for.
///   - options: How wide the search is.
///   - language: What is known about texts.
///   - count: How many, at most.
/// - Returns: At least one.
/// - Throws: `InputError` naming the frame where logits are no numbers.
public func ctcBeamSearch(
  _ logits: Tensor, _ alphabet: CTCAlphabet, _ options: CTCBeamOptions, _ language: CTCLanguage,
  count: Int = 1
) throws(InputError) -> [CTCHypothesis] {
  var search = CTCBeamSearch(alphabet, options, language)
  try search.add(logits)
  return search.finished(count: count)
}

extension [Double] {
  /// The element that `count` - 1 others are not less than; the order of all changes.
  fileprivate mutating func greatest(_ count: Int) -> Double {
    var (low, high) = (0, self.count - 1)
    let target = count - 1
    while low < high {
      let pivot = self[low + (high - low) / 2]
      var (left, right) = (low, high)
      while left <= right {
        while self[left] > pivot { left += 1 }
        while self[right] < pivot { right -= 1 }
        if left <= right {
          swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if target <= right {
        high = right
      } else if target >= left {
        low = left
      } else {
        break
      }
    }
    return self[target]
  }
}
