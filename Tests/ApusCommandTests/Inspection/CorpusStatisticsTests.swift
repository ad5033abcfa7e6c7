import Testing

@testable import ApusText

@Suite struct CorpusStatisticsTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Scalars of two, three and four bytes at every phase to the ends of the reader's chunks.
  @Test(arguments: 0..<4)
  func scalarsAcrossChunksAreWellFormed(phase: Int) throws {
    let text = String(repeating: "x", count: phase) + String(repeating: "é€🦊", count: 120_000)
    let file = try directory.write(text, to: "text.txt")
    var statistics = ByteStatistics()
    try statistics.read([file])
    #expect(statistics.illFormed.count == 0 && statistics.controls.count == 0)
    #expect(statistics.bytes == text.utf8.count)
  }

  @Test func truncatedScalarAtTheEndIsIllFormed() throws {
    let file = try directory.write(Array("a\nb".utf8) + [0xE2, 0x82], to: "text.txt")
    var statistics = ByteStatistics()
    try statistics.read([file])
    #expect(statistics.illFormed.count == 2)
    #expect(statistics.illFormed.places == [Corpus.Place(file: file, row: 2)])
  }

  @Test func lineEndsAreToldApart() throws {
    // A carriage return at the very end of a chunk of 256 KiB, its line feed in the next.
    let long = String(repeating: "x", count: (1 << 18) - 1)
    let file = try directory.write("\(long)\r\nunix\nmac\rwindows\r\nend\r", to: "text.txt")
    var statistics = ByteStatistics()
    try statistics.read([file])
    #expect(statistics.lineFeeds.count == 1 && statistics.lineFeeds.places[0].row == 2)
    #expect(statistics.carriageReturnLineFeeds.count == 2)
    #expect(statistics.carriageReturns.count == 2)
    #expect(statistics.carriageReturns.places.map(\.row) == [3, 5])
  }

  @Test func controlCharactersOfBothBlocksAreSeen() throws {
    let file = try directory.write("\u{07}\n\u{85}\n\u{7F}\t\u{A0}\n", to: "text.txt")
    var statistics = ByteStatistics()
    try statistics.read([file])
    #expect(statistics.controls.count == 3 && statistics.controls.places.map(\.row) == [1, 2, 3])
  }

  @Test func histogramClassesDouble() {
    var histogram = LengthHistogram(limit: 7)
    for length in [0, 1, 3, 4, 7, 8] { histogram.add(length) }
    #expect(histogram.bins.map(\.lengths) == [0...0, 1...1, 2...3, 4...7, 8...15])
    #expect(histogram.bins.map(\.documents) == [1, 1, 1, 2, 1])
    #expect(histogram.overlong == 1 && histogram.longest == 8 && histogram.total == 23)
    histogram.add(1 << 62)
    #expect(histogram.bins.last?.lengths == 1 << 62...Int.max)
  }

  @Test func fewRepeatsAreCountedExactly() {
    var counter = RepeatCounter()
    for value in Array(0..<5000) + Array(0..<50) + Array(0..<10) { _ = counter.add(value) }
    #expect(counter.isExact && counter.repeatCount == 60)
  }

  @Test func manyRepeatsAreEstimatedInBoundedMemory() {
    var counter = RepeatCounter()
    let count = 3_000_000
    for _ in 0..<2 { for value in 0..<count { _ = counter.add(value) } }
    #expect(!counter.isExact)
    #expect(abs(Double(counter.repeatCount) / Double(count) - 1) < 0.01)
  }
}

extension RepeatCounter {
  fileprivate mutating func add(_ value: Int) -> Bool {
    withUnsafeBytes(of: value) { add($0.bindMemory(to: UInt8.self)) }
  }
}
