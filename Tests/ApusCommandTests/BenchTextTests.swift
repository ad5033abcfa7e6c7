import Testing

@testable import ApusCommand

@Suite struct BenchTextTests {
  /// The hash of what the program in Python makes of `random.Random(0)`.
  @Test func isTheTextOfThePeers() {
    let text = BenchText.sentences()
    #expect(text.count == 641_848)
    let hash = text.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
    }
    #expect(hash == 0xD03D_A070_7D71_477E)
  }
}
