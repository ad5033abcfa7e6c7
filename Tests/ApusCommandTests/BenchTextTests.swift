import Testing

@testable import ApusCommand

@Suite struct BenchTextTests {
  /// The hash of what the program in Python makes of `random.Random(0)`.
  @Test func isTheTextOfThePeers() {
    let text = BenchText.sentences()
    #expect(text.count == 641_848)
    #expect(hash(text) == 0xD03D_A070_7D71_477E)
  }

  /// The hash of what `embed_bench.py --write` writes.
  @Test func embedsTheSentencesOfThePeers() throws {
    let lines = try EmbeddingWorkload.sentences(BenchText.lines(nil)).map { $0 + "\n" }
    #expect(lines.count == 512)
    #expect(hash(lines.joined().utf8) == 0x7691_BEC2_8973_9A05)
  }

  private func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}
