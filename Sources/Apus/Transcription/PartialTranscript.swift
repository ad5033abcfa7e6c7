/// What was said in audio so far, behind what earlier partial transcripts settled.
public struct PartialTranscript: Sendable, Hashable {
  /// Words that nothing heard later changes; those of all partial transcripts together are what was
  /// said.
  public var settled: [Transcript.Word]
  /// What seems to come behind them, which later audio may change.
  public var open: [Transcript.Word]
  /// The seconds of audio heard.
  public var duration: Double

  public init(settled: [Transcript.Word], open: [Transcript.Word], duration: Double) {
    self.settled = settled
    self.open = open
    self.duration = duration
  }

  /// The words of both.
  public var text: String { (settled + open).map(\.text).joined(separator: " ") }
}
