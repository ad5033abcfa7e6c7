import ApusFiles

/// Which channel of audio is heard.
public enum AudioChannel: Sendable, Equatable {
  /// The mean of all channels.
  case mix
  /// One channel, counted from 0.
  case index(Int)

  /// Makes one channel of frames.
  ///
  /// - Parameters:
  ///   - frames: [frames, channelCount]
  ///   - channelCount: How many values a frame has.
  ///   - file: The name for errors.
  /// - Returns: [frames]
  /// - Throws: `InputError` for a channel that the audio does not have.
  func samples(of frames: [Float], channelCount: Int, file: String) throws -> [Float] {
    if case .index(let index) = self, !(0..<channelCount ~= index) {
      throw InputError(
        file: file, expected: "a channel from 0 to \(channelCount - 1)", found: "\(index)")
    }
    guard channelCount > 1 else { return frames }
    let starts = stride(from: 0, to: frames.count, by: channelCount)
    switch self {
    case .index(let index): return starts.map { frames[$0 + index] }
    case .mix:
      let share = 1 / Float(channelCount)
      return starts.map { share * frames[$0..<$0 + channelCount].reduce(0, +) }
    }
  }
}
