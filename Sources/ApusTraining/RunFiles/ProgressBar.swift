import Foundation

/// How far a run is, on standard error: loss, tokens a second and the time left.
///
/// On a terminal one line is rewritten, at most ten times a second; elsewhere, as in a log file, a
/// line is added every ten seconds.
public struct ProgressBar {
  private let stepCount: Int
  /// The columns of the terminal; nil for other outputs.
  private let columns: Int?
  private let write: (String) -> Void
  private var lastShown = -Double.infinity
  private var lastTime: Double
  private var lastStep: Int
  private var secondsPerStep: Double?
  private var tokensPerSecond: Double?
  private var line = ""

  /// A bar on standard error.
  ///
  /// - Parameters:
  ///   - stepCount: The steps of the whole run.
  ///   - step: The steps done before it began or was continued.
  public init(stepCount: Int, from step: Int = 0) {
    self.init(
      stepCount: stepCount, from: step, columns: Self.terminalColumns(), time: Self.now()
    ) { text in
      FileHandle.standardError.write(Data(text.utf8))
    }
  }

  init(
    stepCount: Int, from step: Int, columns: Int?, time: Double,
    write: @escaping (String) -> Void
  ) {
    self.stepCount = stepCount
    self.columns = columns
    self.write = write
    lastStep = step
    lastTime = time
  }

  /// Takes note of a finished step.
  ///
  /// - Parameters:
  ///   - step: The steps done.
  ///   - loss: The loss of this one.
  ///   - tokenCount: The tokens since the last call.
  ///   - time: A time in seconds that never goes back.
  public mutating func update(
    step: Int, loss: Double, tokenCount: Int, time: Double = now()
  ) {
    let elapsed = max(time - lastTime, 1e-9)
    if step > lastStep {
      // A mean with a memory of about ten seconds: steady to read, and quick to see a change.
      let weight = 1 - exp(-elapsed / 10)
      secondsPerStep = Self.mean(secondsPerStep, elapsed / Double(step - lastStep), weight)
      tokensPerSecond = Self.mean(tokensPerSecond, Double(tokenCount) / elapsed, weight)
    }
    (lastStep, lastTime) = (step, time)
    let interval = columns == nil ? 10 : 0.1
    guard time - lastShown >= interval || step == stepCount else { return }
    lastShown = time
    show(description(step: step, loss: loss))
  }

  /// Writes a line that stays, such as the result of a validation.
  public mutating func note(_ text: String) {
    guard columns != nil else { return write("\(text)\n") }
    write("\r\u{1B}[K\(text)\n\(line)")
  }

  /// Leaves the line on the terminal; what is written next begins below it.
  public mutating func finish() {
    if !line.isEmpty { write("\n") }
    line = ""
  }

  /// The seconds of a clock that never goes back.
  public static func now() -> Double { ProcessInfo.processInfo.systemUptime }

  private mutating func show(_ text: String) {
    guard let columns else { return write("\(text)\n") }
    // A line that wraps can't be rewritten.
    line = String(text.prefix(max(1, columns - 1)))
    write("\r\u{1B}[K\(line)")
  }

  private func description(step: Int, loss: Double) -> String {
    let digits = "\(stepCount)".count
    var parts = [
      String(format: "step %\(digits)d/%d", step, stepCount), String(format: "loss %.4f", loss),
    ]
    if let tokensPerSecond { parts.append("\(Self.short(tokensPerSecond)) tokens/s") }
    if let secondsPerStep {
      parts.append("\(Self.duration(secondsPerStep * Double(stepCount - step))) left")
    }
    guard columns != nil else { return parts.joined(separator: ", ") }
    let done = stepCount > 0 ? min(1, Double(step) / Double(stepCount)) : 1
    let full = Int(done * 24)
    let bar =
      String(repeating: "━", count: full) + String(repeating: "─", count: 24 - full)
    return ([bar] + parts).joined(separator: "  ")
  }

  private static func mean(_ old: Double?, _ value: Double, _ weight: Double) -> Double {
    old.map { $0 + weight * (value - $0) } ?? value
  }

  private static func short(_ value: Double) -> String {
    if value >= 1e6 { return String(format: "%.2fM", value / 1e6) }
    return value >= 1e4 ? String(format: "%.1fk", value / 1e3) : String(format: "%.0f", value)
  }

  /// Hours, minutes and seconds: `1:02:03`, `2:03`; days where hours are many.
  private static func duration(_ seconds: Double) -> String {
    guard seconds < 360_000_000 else { return "years" }
    let whole = Int(seconds.rounded())
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    if hours >= 48 { return "\(hours / 24) days \(hours % 24) h" }
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, whole % 60)
      : String(format: "%d:%02d", minutes, whole % 60)
  }

  private static func terminalColumns() -> Int? {
    guard isatty(STDERR_FILENO) == 1 else { return nil }
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
