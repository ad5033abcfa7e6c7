import ApusAudio

/// Long audio in pieces that a network can read one after the other, with what is around each.
///
/// A piece ends where it is quietest, in the last third of the longest one allowed. What the network
/// makes of the surroundings is left out, so that little is seen of where the cuts are.
struct SpeechWindows {
  /// Samples with their surroundings.
  struct Window {
    let samples: [Float]
    /// The elements of the surroundings before the piece, as the network gives them.
    let skippedCount: Int
    /// Those of the piece; nil for all that are left.
    let elementCount: Int?
  }

  /// All lengths in samples.
  struct Lengths {
    let rate: Int
    /// From one element of the network to the next.
    let hop: Int
    /// Of the longest piece.
    let piece: Int
    /// Around it, on each side.
    let surroundings: Int

    init(rate: Int, hop: Int, piece: Int, surroundings: Int) {
      self.rate = rate
      self.hop = hop
      self.piece = max(1, piece / hop) * hop
      self.surroundings = surroundings / hop * hop
    }

    /// Those of a network with an element for every `stride` frames.
    init(_ features: FeatureSettings, stride: Int, _ options: TranscriptionOptions) {
      let rate = Double(features.sampleRate)
      self.init(
        rate: features.sampleRate, hop: Int((rate / features.frameRate).rounded()) * stride,
        piece: Int(options.pieceSeconds * rate),
        surroundings: Int(options.surroundingSeconds * rate))
    }
  }

  private let audio: AudioStream
  private let lengths: Lengths
  /// Samples from `first` on.
  private var samples: [Float] = []
  private var first = 0
  /// Where the next piece begins.
  private var start = 0
  private var hasEnded = false
  /// The samples of all pieces so far.
  var heardCount: Int { start }
  /// The samples read so far.
  private var sampleCount = 0

  init(_ audio: AudioStream, _ lengths: Lengths) {
    self.audio = audio
    self.lengths = lengths
  }

  /// The next piece; nil behind the last.
  ///
  /// - Throws: What reading audio throws.
  mutating func next() throws -> Window? {
    try fill(to: start + lengths.piece + lengths.surroundings)
    guard start < sampleCount else { return nil }
    let isLast = hasEnded && sampleCount - start <= lengths.piece
    let end =
      isLast
      ? sampleCount : quietest(in: start + lengths.piece * 2 / 3, start + lengths.piece)
    let from = max(0, start - lengths.surroundings)
    let to = min(sampleCount, end + lengths.surroundings)
    let window = Window(
      samples: Array(samples[from - first..<to - first]),
      skippedCount: (start - from) / lengths.hop,
      elementCount: isLast ? nil : (end - start) / lengths.hop)
    start = end
    forget(before: max(0, start - lengths.surroundings))
    return window
  }

  private mutating func fill(to count: Int) throws {
    while !hasEnded, sampleCount < count {
      let part = try audio.read()
      if part.isEmpty { hasEnded = true }
      samples += part
      sampleCount += part.count
    }
  }

  private mutating func forget(before place: Int) {
    samples.removeFirst(min(samples.count, place - first))
    first = place
  }

  /// The place between two, at the beginning of an element, around which there is the least energy.
  private func quietest(in low: Int, _ high: Int) -> Int {
    let hop = lengths.hop
    // A tenth of a second.
    let reach = max(1, lengths.rate / 10 / hop)
    let places = stride(
      from: (low / hop) * hop, through: min(high, sampleCount) / hop * hop, by: hop)
    let energies = places.map { place in
      samples[max(0, place - first)..<min(samples.count, place - first + hop)]
        .reduce(Float(0)) { $0 + $1 * $1 }
    }
    var best = (energy: Float.infinity, place: high / hop * hop)
    for (index, place) in places.enumerated() where place > start {
      let around = energies[max(0, index - reach)..<min(energies.count, index + reach)]
      let energy = around.reduce(0, +) / Float(max(1, around.count))
      if energy <= best.energy { best = (energy, place) }
    }
    return best.place
  }
}
