import ApusLayers
import ApusTraining

/// How audio is written down.
public struct TranscriptionOptions: Sendable {
  /// How words are searched for.
  public var search = SpeechSearchOptions()
  /// How many of the best readings a transcript lists with their scores, at most the search's width; with
  /// 1 it lists none.
  public var resultCount = 1
  /// The longest piece of audio that goes through the network at once, in seconds.
  public var pieceSeconds = 30.0
  /// What the network hears before and behind each piece, in seconds; one of one direction, whose state
  /// is carried on, needs none.
  public var surroundingSeconds = 3.0
  public var precision = Mode.Precision.fp32

  public init() {}
}
