/// Appends to each frame how its values change over time.
///
/// The slope over two frames to each side, frames beyond the ends being those at the ends; the
/// second order is the slope of slopes as one filter over four frames to each side.
///
/// - Source: Furui 1986; Kaldi's `DeltaFeatures`.
struct Deltas {
  private let width, order: Int
  private let filters: [[Float]]
  /// The frames that are still looked at, the first one's number, and the next to be answered.
  private var frames: [Float] = []
  private var first = 0
  private var next = 0

  /// How many frames a frame waits for.
  private var reach: Int { 2 * order }

  init(width: Int, order: Int) {
    (self.width, self.order) = (width, order)
    let slope: [Float] = [-0.2, -0.1, 0, 0.1, 0.2]
    filters = (0..<order).reduce(into: []) { filters, _ in
      guard let last = filters.last else { return filters.append(slope) }
      var filter = [Float](repeating: 0, count: last.count + slope.count - 1)
      for (i, a) in last.enumerated() {
        for (j, b) in slope.enumerated() { filter[i + j] += a * b }
      }
      filters.append(filter)
    }
  }

  mutating func append(_ new: [Float]) -> [Float] {
    if frames.isEmpty { frames = new } else { frames += new }
    return answer(to: count - reach)
  }

  mutating func finish() -> [Float] { answer(to: count) }

  /// The number of frames that have come.
  private var count: Int { first + frames.count / width }

  private mutating func answer(to end: Int) -> [Float] {
    guard next < end else { return [] }
    var answers: [Float] = []
    answers.reserveCapacity((end - next) * width * (order + 1))
    let last = count - 1
    for frame in next..<end {
      answers += row(frame)
      for filter in filters {
        for column in 0..<width {
          var sum: Float = 0
          for (tap, weight) in filter.enumerated() where weight != 0 {
            let source = min(max(0, frame + tap - filter.count / 2), last)
            sum += weight * frames[(source - first) * width + column]
          }
          answers.append(sum)
        }
      }
    }
    next = end
    // What no later frame looks back at.
    let stale = min(max(0, next - reach), last) - first
    if stale > 0 {
      frames.removeFirst(stale * width)
      first += stale
    }
    return answers
  }

  private func row(_ frame: Int) -> ArraySlice<Float> {
    frames[(frame - first) * width..<(frame - first + 1) * width]
  }
}
