import Glibc

/// What a frame is multiplied with, so that its ends fade.
public enum WindowFunction: String, Sendable, CaseIterable {
  case hann, hamming, blackman
  /// The Hann window to the power of 0.85, Kaldi's own.
  case povey
  case rectangular

  /// The values of a window.
  ///
  /// - Parameters:
  ///   - count: The number of values.
  ///   - isPeriodic: Whether the window is one period of its function, whose first value would
  ///     come next; otherwise it is symmetric and ends as it begins.
  /// - Returns: [count], at most 1.
  public func values(_ count: Int, isPeriodic: Bool) -> [Float] {
    guard count > 1 else { return [Float](repeating: 1, count: count) }
    let period = Double(isPeriodic ? count : count - 1)
    return (0..<count).map { Float(value(at: 2 * .pi * Double($0) / period)) }
  }

  private func value(at angle: Double) -> Double {
    let hann = 0.5 - 0.5 * cos(angle)
    return switch self {
    case .hann: hann
    case .hamming: 0.54 - 0.46 * cos(angle)
    case .blackman: 0.42 - 0.5 * cos(angle) + 0.08 * cos(2 * angle)
    case .povey: pow(hann, 0.85)
    case .rectangular: 1
    }
  }
}
