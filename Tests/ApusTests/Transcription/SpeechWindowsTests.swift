import ApusAudio
import Foundation
import Testing

@testable import Apus

struct SpeechWindowsTests {
  /// Windows over samples of their own numbers, so that every one can be followed.
  private func windows(
    _ count: Int, piece: Double, surroundings: Double, duration: Double? = nil
  ) throws -> (windows: [SpeechWindows.Window], lengths: SpeechWindows.Lengths) {
    let path = FileManager.default.temporaryDirectory.path() + "apus-\(UUID().uuidString).raw"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var samples = (0..<count).map { Float($0 + 1) }
    // A silence around sample 2700.
    for place in 2600..<2800 where place < count { samples[place] = 0 }
    try samples.withUnsafeBytes { try Data($0).write(to: URL(filePath: path)) }
    let reader = try AudioReader(path, raw: RawAudio(sampleRate: 1000, encoding: .float32))
    let lengths = SpeechWindows.Lengths(
      rate: 1000, hop: 20, piece: Int(1000 * piece), surroundings: Int(1000 * surroundings))
    var all = SpeechWindows(try AudioStream(reader, rate: 1000, duration: duration), lengths)
    var found: [SpeechWindows.Window] = []
    while let window = try all.next() { found.append(window) }
    return (found, lengths)
  }

  @Test(arguments: [1, 19, 20, 999, 2999, 3000, 3001, 3010, 7777, 12_000])
  func piecesCoverAllSamplesOnce(_ count: Int) throws {
    let (windows, lengths) = try windows(count, piece: 3, surroundings: 0.5)
    var start = 0
    for (index, window) in windows.enumerated() {
      let isLast = index == windows.count - 1
      #expect((window.elementCount == nil) == isLast)
      let first = start - window.skippedCount * lengths.hop
      let heard = window.samples[0]
      #expect(heard == Float(first + 1) || heard == 0)
      #expect(window.skippedCount * lengths.hop == min(start, 500))
      guard let elements = window.elementCount else {
        #expect(first + window.samples.count == count)
        start = count
        continue
      }
      #expect(elements > 0 && elements * lengths.hop <= 3000)
      // What is heard behind the piece.
      let end = start + elements * lengths.hop
      #expect(first + window.samples.count == min(count, end + 500))
      start = end
    }
    #expect(start == count)
  }

  @Test func piecesEndWhereItIsQuiet() throws {
    let (windows, lengths) = try windows(9000, piece: 3, surroundings: 0.5)
    #expect(windows[0].elementCount == 2700 / lengths.hop)
  }

  @Test func nothingGivesNothing() throws {
    #expect(try windows(100, piece: 3, surroundings: 0.5, duration: 0).windows.isEmpty)
  }
}
