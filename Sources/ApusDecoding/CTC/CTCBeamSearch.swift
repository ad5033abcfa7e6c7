import ApusFiles
import ApusTensors

/// A search for the most probable readings of an utterance that takes its frames bit by bit.
///
/// A prefix is what labels were said so far; its probability is the sum over the alignments that were
/// followed. Those that end with a blank and those that do not are followed or given up apart, as
/// pyctcdecode does. Separators at the beginning or behind each other count as one. Readings found are the
/// same however the frames are cut, and partial ones take no longer the more was heard: what all prefixes
/// begin with is settled.
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
  /// Words from the first on that no frame to come changes; none in an alphabet without a separator or
  /// marks of words, where all that is said is one word.
  public private(set) var settledWords: [TimedWord] = []
  /// The labels that all prefixes begin with, those of settled words and maybe more.
  private var settled: [TimedLabel] = []
  /// Where those behind the settled words begin.
  private var openStart = 0
  // Room that frames share.
  private var staying: [Staying] = []
  private var arrivals: [Arrival] = []
  private var states: [CTCLanguage.State] = []
  private var next: [Beam] = []
  private var labels: [Int32] = []
  private var scores: [Double] = []
  private var rivals = RivalTable()
  private var bestScore = -Double.infinity

  /// The most probable way to a prefix.
  private struct Way {
    var score: Double
    /// Of the last label.
    var span: PrefixTree.Span

    static var none: Way {
      Way(score: -.infinity, span: PrefixTree.Span(first: 0, last: 0, peak: -.infinity))
    }

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

  /// A prefix that was followed and may be followed on.
  private struct Staying {
    var beam: Beam
    /// Where another way to the label is the most probable one now.
    var spanBefore: PrefixTree.Span?
    /// What is known of its text.
    var language: Double
    var future: UInt64
  }

  /// A prefix that may be followed from now on.
  private struct Arrival {
    /// Where the prefix before the label is among those followed.
    var source: Int
    var label: Int32
    /// Its node, or −1 if it has none yet.
    var node: Int32
    /// Where its language's state is, or −1 if that was not needed yet.
    var state: Int
    var probability: Double
    /// With the language's.
    var score: Double
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
    add(try CTCFrames(logits, alphabet, after: frameCount))
  }

  mutating func add(_ frames: CTCFrames) {
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
    staying.removeAll(keepingCapacity: true)
    arrivals.removeAll(keepingCapacity: true)
    states.removeAll(keepingCapacity: true)
    bestScore = -.infinity
    let blank = logProbability(alphabet.blank)
    for beam in beams { stay(beam, blank, logProbability) }
    for source in beams.indices { extend(source, logProbability) }
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
    let known = node.language.total
    bestScore = max(bestScore, max(next.blank, next.label) + known)
    staying.append(
      Staying(
        beam: next, spanBefore: spanBefore, language: known, future: node.language.future))
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
  private mutating func extend(_ source: Int, _ logProbability: (Int32) -> Double) {
    let beam = beams[source]
    let node = tree[beam.node]
    for label in labels where !(label == alphabet.separator && label == node.label) {
      let probability =
        (label == node.label ? beam.blank : beam.total) + logProbability(label)
      // Without a language that is its score, and the best one only grows.
      if language.isSilent && probability < bestScore - options.threshold { continue }
      guard probability > -.infinity else { continue }
      let known = node.firstChild < 0 ? nil : tree.child(beam.node, label)
      // Done where it stays.
      if let known, tree[known].place >= 0 { continue }
      var arrival = Arrival(
        source: source, label: label, node: known ?? -1, state: -1, probability: probability,
        score: probability)
      if !language.isSilent {
        guard
          let state = known.map({ tree[$0].language })
            ?? language.extended(node.language, by: label)
        else { continue }
        arrival.state = states.count
        arrival.score += state.total
        states.append(state)
      }
      bestScore = max(bestScore, arrival.score)
      arrivals.append(arrival)
    }
  }

  /// Goes on with the best prefixes.
  private mutating func select() {
    // The lexicon may leave nothing; then what there was stays, as if the frame had been silence.
    guard bestScore > -.infinity else { return }
    var least = bestScore - options.threshold
    scores.removeAll(keepingCapacity: true)
    for candidate in staying {
      let (blank, label) = (
        candidate.beam.blank + candidate.language, candidate.beam.label + candidate.language
      )
      if blank >= least { scores.append(blank) }
      if label >= least { scores.append(label) }
    }
    for arrival in arrivals where arrival.score >= least { scores.append(arrival.score) }
    // How many of those that are as good as the last one there is room for.
    var roomForLast = Int.max
    if scores.count > options.width {
      least = scores.greatest(options.width)
      roomForLast = options.width - scores.count { $0 > least }
    }
    if options.recombines { findRivals(least) }

    func isFollowed(_ score: Double, _ future: UInt64, endsWithBlank: Bool) -> Bool {
      guard score >= least, score > least || roomForLast > 0 else { return false }
      if options.recombines {
        guard rivals.takes(score, Self.rivalKey(future, endsWithBlank: endsWithBlank)) else {
          return false
        }
      }
      if score == least { roomForLast -= 1 }
      return true
    }
    for beam in beams { tree[beam.node].place = -1 }
    next.removeAll(keepingCapacity: true)
    for candidate in staying {
      var beam = candidate.beam
      let future = candidate.future
      if !isFollowed(beam.blank + candidate.language, future, endsWithBlank: true) {
        (beam.blank, beam.blankWay) = (-.infinity, .none)
      }
      if !isFollowed(beam.label + candidate.language, future, endsWithBlank: false) {
        (beam.label, beam.labelWay) = (-.infinity, .none)
      }
      beam.total = logarithmicSum(beam.blank, beam.label)
      guard beam.total > -.infinity else { continue }
      if let spanBefore = candidate.spanBefore { tree[beam.node].spanBefore = spanBefore }
      follow(beam)
    }
    for arrival in arrivals where arrival.score >= least {
      guard let state = state(of: arrival),
        isFollowed(arrival.score, state.future, endsWithBlank: false)
      else { continue }
      let source = beams[arrival.source]
      let isRepeat = tree[source.node].label == arrival.label
      let span = source.way.span
      var beam = Beam(node: arrival.node)
      if arrival.node < 0 {
        beam.node = tree.append(arrival.label, behind: source.node, span, state)
      } else {
        tree[arrival.node].spanBefore = span
      }
      beam.label = arrival.probability
      beam.total = arrival.probability
      beam.labelWay =
        entry(
          from: source, isRepeat: isRepeat,
          arrival.probability - (isRepeat ? source.blank : source.total)
        ).way
      follow(beam)
    }
    swap(&beams, &next)
    if let (numbers, labels, settledCount) = tree.compact() {
      for index in beams.indices { beams[index].node = numbers[Int(beams[index].node)] }
      settle(settledCount, of: labels)
    }
  }

  /// Settles so many labels; those behind them bound their times.
  private mutating func settle(_ count: Int, of labels: [PrefixTree.SpokenLabel]) {
    settled += timed(labels).prefix(count)
    let open = settled[openStart...]
    // What begins last may go on.
    guard let last = open.lastIndex(where: { alphabet.roles[Int($0.label)] != .continues }) else {
      return
    }
    settledWords += TimedWord.words(of: open[..<last], alphabet)
    openStart = last
  }

  /// The times of labels behind those that are settled.
  ///
  /// Ways to other prefixes may have moved what is before a label: none overlaps another nonetheless.
  private func timed(_ labels: [PrefixTree.SpokenLabel]) -> [TimedLabel] {
    var frames = labels.map { ($0.span.first, $0.span.last) }
    var end = Int32.max
    for index in frames.indices.reversed() {
      let last = max(0, min(frames[index].1, end - 1))
      end = max(0, min(frames[index].0, last))
      frames[index] = (end, last)
    }
    var start = settled.last.map { $0.frames.upperBound + 1 } ?? 0
    return zip(labels, frames).map { label, frames in
      let first = max(start, Int(frames.0))
      let last = max(first, Int(frames.1))
      start = last + 1
      return TimedLabel(
        label: label.label, frames: first...last, logProbability: label.span.peak)
    }
  }

  private mutating func follow(_ beam: Beam) {
    tree[beam.node].place = Int32(next.count)
    next.append(beam)
  }

  /// What is known of the text of a prefix; nil if the lexicon has no such word.
  private func state(of arrival: Arrival) -> CTCLanguage.State? {
    if arrival.state >= 0 { return states[arrival.state] }
    if arrival.node >= 0 { return tree[arrival.node].language }
    return language.extended(tree[beams[arrival.source].node].language, by: arrival.label)
  }

  private static func rivalKey(_ future: UInt64, endsWithBlank: Bool) -> UInt64 {
    CTCLanguage.State.mixed(future, with: endsWithBlank ? 1 : 2)
  }

  /// Finds the best score of the prefixes that the same may follow, by what that depends on.
  private mutating func findRivals(_ least: Double) {
    rivals.removeAll(room: scores.count)
    for candidate in staying {
      note(candidate.beam.blank + candidate.language, candidate.future, true, least)
      note(candidate.beam.label + candidate.language, candidate.future, false, least)
    }
    for index in arrivals.indices where arrivals[index].score >= least {
      guard let state = state(of: arrivals[index]) else { continue }
      if arrivals[index].state < 0 {
        arrivals[index].state = states.count
        states.append(state)
      }
      note(arrivals[index].score, state.future, false, least)
    }
  }

  private mutating func note(
    _ score: Double, _ future: UInt64, _ endsWithBlank: Bool, _ least: Double
  ) {
    guard score >= least else { return }
    rivals.note(score, Self.rivalKey(future, endsWithBlank: endsWithBlank))
  }

  /// The best reading so far of what comes behind `settledWords`, whose last word may not be ended.
  public var partial: CTCHypothesis {
    let best = beams.dropFirst().reduce(beams[0]) { score(of: $1) > score(of: $0) ? $1 : $0 }
    return hypothesis(
      best, from: openStart, acousticScore: best.total, tree[best.node].language)
  }

  /// The number of prefixes that are kept.
  var nodeCount: Int { tree.nodes.count }

  private func score(of beam: Beam) -> Double { beam.total + tree[beam.node].language.total }

  /// The best readings if the utterance ends here, the best first.
  ///
  /// Texts differ: of the ways to spell one with different labels only the best is given.
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
    var texts: Set<String> = []
    var result: [CTCHypothesis] = []
    for (_, reading) in sorted where result.count < count {
      let found = hypothesis(reading.beam, acousticScore: reading.total, reading.language)
      if texts.insert(found.text).inserted { result.append(found) }
    }
    return result
  }

  /// The labels of a beam behind so many of those that are settled.
  private func hypothesis(
    _ beam: Beam, from start: Int = 0, acousticScore: Double, _ state: CTCLanguage.State
  ) -> CTCHypothesis {
    var spoken: [PrefixTree.SpokenLabel] = []
    var node = tree[beam.node]
    var span = beam.way.span
    while node.parent >= 0 {
      spoken.append(PrefixTree.SpokenLabel(label: node.label, span: span))
      span = node.spanBefore
      node = tree[node.parent]
    }
    var labels = settled[start...] + timed(spoken.reversed())
    if let separator = alphabet.separator, labels.last?.label == separator { labels.removeLast() }
    return CTCHypothesis(
      labels: Array(labels), alphabet, acousticScore: acousticScore, languageScore: state.total)
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
