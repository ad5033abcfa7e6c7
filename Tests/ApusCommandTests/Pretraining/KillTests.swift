import Foundation
import Testing

/// Runs killed at random moments, a hundred times, end with the same bits as one never stopped.
@Suite(.serialized) struct KillTests {
  @Test(arguments: [SmallRun.Kind.gpt, .bert])
  func killedRunsEndWithTheSameBits(kind: SmallRun.Kind) throws {
    let directory = try TemporaryDirectory()
    let run = try SmallRun(kind, in: directory)
    let whole = try Program.run(run.arguments("whole", steps: 60))
    #expect(whole.status == 0, "\(whole)")
    let expected = try run.weights("whole")

    var random = SystemRandomNumberGenerator()
    var (killCount, number) = (0, 0)
    while killCount < 50 {
      number += 1
      let output = "killed-\(number)"
      // Later launches get more time, so that every run ends however slow the machine is.
      var longest = 0.1
      while try Program.run(
        run.arguments(output, steps: 60),
        killedAfter: Double.random(in: 0.005..<longest, using: &random))
      {
        killCount += 1
        longest *= 1.05
      }
      #expect(try run.weights(output) == expected, "after \(killCount) kills")
    }
  }
}
