import Testing

@testable import ApusTraining

@Suite struct ProgressBarTests {
  private final class Screen { var text = "" }

  private func bar(_ screen: Screen, from step: Int = 0, columns: Int?) -> ProgressBar {
    ProgressBar(stepCount: 2000, from: step, columns: columns, time: 100) { screen.text += $0 }
  }

  @Test func rewritesOneLineOnATerminal() {
    let screen = Screen()
    var bar = bar(screen, from: 500, columns: 80)
    bar.update(step: 501, loss: 2.5, tokenCount: 768, time: 100.05)
    bar.update(step: 502, loss: 2.25, tokenCount: 768, time: 100.1)
    bar.update(step: 503, loss: 2.125, tokenCount: 768, time: 100.2)
    bar.note("validation loss 1.9")
    bar.finish()
    let first = "━━━━━━──────────────────  step  501/2000  loss 2.5000  15.4k tokens/s  1:15 left"
    let lines = screen.text.split(separator: "\r\u{1B}[K")
    #expect(lines.count == 3)
    #expect(lines.first == first.prefix(79))
    #expect(lines[1].contains("step  503/2000  loss 2.1250"))
    #expect(lines[2].hasPrefix("validation loss 1.9\n━━━━━━"))
    #expect(screen.text.hasSuffix("\n"))
  }

  @Test func addsALineNowAndThenToAFile() {
    let screen = Screen()
    var bar = bar(screen, columns: nil)
    for step in 1...2000 {
      bar.update(step: step, loss: 1, tokenCount: 10, time: 100 + Double(step) * 0.01)
    }
    bar.note("done")
    bar.finish()
    let lines = screen.text.split(separator: "\n")
    #expect(lines.first == "step    1/2000, loss 1.0000, 1000 tokens/s, 0:20 left")
    #expect(lines.dropLast().last == "step 2000/2000, loss 1.0000, 1000 tokens/s, 0:00 left")
    #expect(lines.last == "done")
    #expect(3...4 ~= lines.count - 1 && !screen.text.contains("\u{1B}"))
  }

  @Test(arguments: [
    (0.001, "0:02"), (1.5, "49:59"), (10, "5:33:10"), (1000, "23 days 3 h"), (1e9, "years"),
  ])
  func timeLeftIsReadable(secondsPerStep: Double, expected: String) {
    let screen = Screen()
    var bar = bar(screen, columns: nil)
    bar.update(step: 1, loss: 1, tokenCount: 1, time: 100 + secondsPerStep)
    #expect(screen.text.hasSuffix(", \(expected) left\n"))
  }
}
