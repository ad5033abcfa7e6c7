import CSampleRate

/// Brings samples of one channel to another rate, as they come.
///
/// Band-limited interpolation by a windowed sinc: 121 dB above its noise, passing 90 % of the lower
/// rate's band.
///
/// - Source: Smith & Gossett, ICASSP 1984, as libsamplerate's SRC_SINC_MEDIUM_QUALITY has it.
public final class Resampler {
  public let from, to: Int
  private let state: OpaquePointer?
  private var takenCount = 0
  private var givenCount = 0

  /// - Parameters:
  ///   - from: The rate of the samples that come.
  ///   - to: The rate of the samples that go; at most 256 times as high or as low.
  public init(from: Int, to: Int) {
    precondition(
      from > 0 && to > 0 && from <= 256 * to && to <= 256 * from,
      "Resampler: expected rates within a factor of 256, got \(from) and \(to)")
    (self.from, self.to) = (from, to)
    var code: Int32 = 0
    state = from == to ? nil : src_new(Int32(SRC_SINC_MEDIUM_QUALITY), 1, &code)
    precondition(code == 0, "Resampler: no converter")
  }

  deinit { if let state { src_delete(state) } }

  /// Takes more samples.
  ///
  /// - Returns: The samples at the other rate that are known with them.
  public func append(_ samples: [Float]) -> [Float] {
    takenCount += samples.count
    return state == nil ? samples : process(samples, isEnd: false)
  }

  /// Ends the audio.
  ///
  /// - Returns: The last samples, so that there are as many in all as the duration takes, rounded
  ///   to the next number.
  public func finish() -> [Float] {
    guard state != nil else { return [] }
    var rest = process([], isEnd: true)
    let expected = (takenCount * to + from / 2) / from
    let missing = expected - (givenCount - rest.count) - rest.count
    if missing < 0 { rest.removeLast(min(rest.count, -missing)) }
    if missing > 0 { rest += repeatElement(0, count: missing) }
    return rest
  }

  /// All samples of audio at another rate.
  public static func resampled(_ samples: [Float], from: Int, to: Int) -> [Float] {
    guard from != to else { return samples }
    let resampler = Resampler(from: from, to: to)
    return resampler.append(samples) + resampler.finish()
  }

  private func process(_ samples: [Float], isEnd: Bool) -> [Float] {
    let ratio = Double(to) / Double(from)
    var output: [Float] = []
    var taken = 0
    let room = Int(Double(samples.count) * ratio) + 4096
    var isDone = false
    while !isDone {
      output += [Float](unsafeUninitializedCapacity: room) { buffer, filled in
        samples.withUnsafeBufferPointer { input in
          var data = SRC_DATA()
          // The pointer is not used for 0 samples but must not be nil.
          data.data_in = input.baseAddress.map { $0 + taken } ?? UnsafePointer(buffer.baseAddress)
          data.input_frames = samples.count - taken
          data.data_out = buffer.baseAddress
          data.output_frames = room
          data.end_of_input = isEnd ? 1 : 0
          data.src_ratio = ratio
          let code = src_process(state, &data)
          precondition(code == 0, "Resampler: libsamplerate error \(code)")
          taken += data.input_frames_used
          filled = data.output_frames_gen
          isDone = filled == 0 && taken == samples.count
        }
      }
    }
    givenCount += output.count
    return output
  }
}
