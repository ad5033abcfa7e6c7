import Foundation

/// How many texts are done and how many a second, on one line of a terminal; silent elsewhere.
struct TextProgress {
  private let isShown = isatty(STDERR_FILENO) == 1
  private let start = ProcessInfo.processInfo.systemUptime
  private var count = 0

  mutating func add(_ texts: Int) {
    count += texts
    guard isShown else { return }
    let rate = Double(count) / max(1e-9, ProcessInfo.processInfo.systemUptime - start)
    write("\r\u{1B}[K\(Quantities.count(count, "text")), \(Int(rate)) a second")
  }

  /// Leaves the line on the terminal; what is written next begins below it.
  func finish() { if isShown, count > 0 { write("\n") } }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
