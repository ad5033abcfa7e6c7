import Foundation

/// One axis of a plot: which values it shows, where they stand and which are labelled.
struct PlotAxis {
  /// The shown values, wider than the data to end on round ones.
  let range: ClosedRange<Double>
  /// The labelled values, in rising order.
  let ticks: [Double]
  let isLogarithmic: Bool

  /// An axis for finite values; a logarithmic one needs positive ones.
  init(showing values: ClosedRange<Double>, tickCount: Int, isLogarithmic: Bool = false) {
    self.isLogarithmic = isLogarithmic
    if isLogarithmic, values.upperBound > 4 * values.lowerBound {
      let ladder = Self.logarithmicTicks(around: values)
      range = ladder[0]...ladder[ladder.count - 1]
      ticks = ladder
      return
    }
    let spread = values.upperBound - values.lowerBound
    // A flat line gets some room around it.
    let least = isLogarithmic ? 0 : 1e-6
    let size = max(abs(values.upperBound), least)
    let room = spread <= 1e-9 * size ? max(0.1 * size, least) : 0
    let (low, high) = (values.lowerBound - room, values.upperBound + room)
    let step = Self.roundStep((high - low) / Double(tickCount))
    let (first, last) = ((low / step).rounded(.down), (high / step).rounded(.up))
    let multiples = Array(stride(from: first, through: last, by: 1)).map { $0 * step }
    let positive = isLogarithmic ? multiples.filter { $0 > 0 } : multiples
    ticks = positive
    range = min(positive.first ?? low, low)...high.rounded(up: step)
  }

  /// Where a value stands: 0 at the start of the axis, 1 at its end.
  func position(of value: Double) -> Double {
    guard isLogarithmic else {
      return (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }
    return log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
  }

  /// The label of a tick, with as many decimals as tell it from its neighbours.
  func label(of tick: Double) -> String {
    if abs(tick) >= 1e6 { return String(format: "%gM", tick / 1e6) }
    if abs(tick) >= 1e4 { return String(format: "%gk", tick / 1e3) }
    if isLogarithmic { return String(format: "%g", tick) }
    let step = ticks.count > 1 ? ticks[1] - ticks[0] : 1
    let decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
    return String(format: "%.\(decimals)f", tick)
  }

  /// The least of 1, 2 and 5 times a power of ten that is not below a value.
  private static func roundStep(_ value: Double) -> Double {
    let power = pow(10, log10(value).rounded(.down))
    return power * ([1, 2, 5].first { $0 * power >= value * (1 - 1e-9) } ?? 10)
  }

  /// 1, 2 and 5 times powers of ten, or the powers alone where those are many.
  private static func logarithmicTicks(around values: ClosedRange<Double>) -> [Double] {
    let low = Int(log10(values.lowerBound).rounded(.down))
    let high = Int(log10(values.upperBound).rounded(.up))
    let factors: [Double] = high - low > 3 ? [1] : [1, 2, 5]
    let ladder = (low...high).flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
    let first = ladder.lastIndex { $0 <= values.lowerBound } ?? 0
    let last = ladder.firstIndex { $0 >= values.upperBound } ?? ladder.count - 1
    return Array(ladder[first...max(last, first + 1)])
  }
}

extension Double {
  fileprivate func rounded(up step: Double) -> Double { (self / step).rounded(.up) * step }
}
