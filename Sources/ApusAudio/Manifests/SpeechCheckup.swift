import ApusFiles

/// A look at every utterance of a manifest before anything is trained on it.
public struct SpeechCheckup: Sendable {
  /// What utterances are held against.
  public struct Expectations: Sendable {
    /// The characters that a model can write; nil for any.
    public var alphabet: Set<Character>?
    /// The model's rate; nil if every rate will do.
    public var sampleRate: Int?
    /// Seconds from one frame of the model's output to the next, of which CTC needs one a
    /// character and one more between equal ones.
    public var frameSeconds = 0.02

    public init() {}
  }

  /// Something that would go wrong, or perhaps not be as meant.
  public struct Problem: Sendable, Equatable {
    public var isFailure: Bool
    /// How many of what, and the first three of them.
    public var message: String
    /// All of them.
    public var examples: [String]
  }

  public let utteranceCount: Int
  /// The duration of all audio that can be read.
  public private(set) var seconds = 0.0
  public private(set) var speakerCount = 0
  /// The number of utterances at each rate.
  public private(set) var sampleRates: [Int: Int] = [:]
  /// How often each character is in the transcripts.
  public private(set) var characters: [Character: Int] = [:]
  /// Seconds and characters of each utterance that can be read.
  public private(set) var durations: [Double] = []
  public private(set) var textLengths: [Int] = []
  public private(set) var problems: [Problem] = []

  /// Reads all audio once.
  ///
  /// - Parameters:
  ///   - utterances: What the manifest names.
  ///   - expectations: What they are held against.
  public init(of utterances: [Utterance], _ expectations: Expectations = .init()) {
    utteranceCount = utterances.count
    speakerCount = Set(utterances.compactMap(\.speaker)).count
    let looks = Self.looks(at: utterances)
    for (utterance, look) in zip(utterances, looks) {
      guard look.failure == nil else { continue }
      if let audio = look.audio {
        seconds += audio.duration
        durations.append(audio.duration)
        sampleRates[audio.sampleRate, default: 0] += 1
      }
      textLengths.append(utterance.text?.count ?? 0)
    }
    for character in utterances.compactMap(\.text).joined() {
      characters[character, default: 0] += 1
    }
    let rows = Array(zip(utterances, looks))
    fileProblems(rows, expectations)
    soundProblems(rows)
    textProblems(rows, expectations)
    duplicateProblems(rows)
  }

  /// What one utterance's audio is like.
  private struct Look {
    var failure: String?
    var audio: AudioStatistics?
    /// The samples as one number, by which equal audio is found.
    var hash: UInt64 = 0
  }

  private static func looks(at utterances: [Utterance]) -> [Look] {
    var looks = [Look](repeating: Look(), count: utterances.count)
    looks.withUnsafeMutableBufferPointer { looks in
      let base = looks.baseAddress
      parallel(utterances.count, grain: 1) { part in
        for index in part { base?[index] = look(at: utterances[index]) }
      }
    }
    return looks
  }

  private static func look(at utterance: Utterance) -> Look {
    var look = Look()
    do {
      guard case .audio(let path) = utterance.source else {
        // Frames have a width that only a model's settings tell.
        try FeatureFile.requirePresence(utterance.path)
        return look
      }
      let reader = try AudioReader(path)
      let stream = try AudioStream(
        reader, rate: reader.sampleRate, channel: utterance.channel, from: utterance.from,
        duration: utterance.cut(of: reader))
      var audio = AudioStatistics(sampleRate: reader.sampleRate)
      // FNV-1a over samples.
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      while case let samples = try stream.read(), !samples.isEmpty {
        audio.add(samples)
        for sample in samples { hash = (hash ^ UInt64(sample.bitPattern)) &* 0x100_0000_01B3 }
      }
      (look.audio, look.hash) = (audio, hash)
    } catch {
      look.failure = "\(error)"
    }
    return look
  }

  private mutating func report(
    isFailure: Bool = false, _ examples: [String], _ one: String, _ many: String
  ) {
    guard !examples.isEmpty else { return }
    let shown = examples.prefix(3).joined(separator: "; ")
    let rest = examples.count > 3 ? "; and \(examples.count - 3) more" : ""
    problems.append(
      Problem(
        isFailure: isFailure,
        message: "\(examples.count) \(examples.count == 1 ? one : many): \(shown)\(rest)",
        examples: examples))
  }

  private mutating func fileProblems(
    _ rows: [(Utterance, Look)], _ expectations: Expectations
  ) {
    report(
      isFailure: true, rows.compactMap { $1.failure }, "utterance can't be read",
      "utterances can't be read")
    if let rate = expectations.sampleRate {
      report(
        rows.compactMap { utterance, look in
          look.audio.flatMap {
            $0.sampleRate == rate ? nil : "\(utterance.path) (\($0.sampleRate) Hz)"
          }
        }, "utterance is not at \(rate) Hz and will be resampled",
        "utterances are not at \(rate) Hz and will be resampled")
    } else if sampleRates.count > 1 {
      let rates = sampleRates.sorted { $0.key < $1.key }.map { "\($0.value) at \($0.key) Hz" }
      report(rates, "sample rate", "sample rates")
    }
    report(
      rows.compactMap { utterance, look in
        guard let said = utterance.duration, let audio = look.audio,
          abs(said - audio.duration) > 0.1
        else { return nil }
        return "\(utterance.id) (\(rounded(said)) s in the manifest, \(rounded(audio.duration)) s)"
      }, "utterance has another duration than the manifest says",
      "utterances have other durations than the manifest says")
  }

  private mutating func soundProblems(_ rows: [(Utterance, Look)]) {
    func examples(_ describe: (AudioStatistics) -> String?) -> [String] {
      rows.compactMap { utterance, look in
        look.audio.flatMap(describe).map { "\(utterance.id) (\($0))" }
      }
    }
    report(
      examples { audio in
        let share = Double(audio.clippedCount) / Double(max(1, audio.sampleCount))
        return share > 1e-3 ? "\(rounded(100 * share)) %" : nil
      }, "utterance is clipped", "utterances are clipped")
    report(
      examples { $0.silentShare == 1 || $0.sampleCount == 0 ? "peak \($0.peak)" : nil },
      "utterance is silent", "utterances are silent")
    report(
      examples { 0.8..<1 ~= $0.silentShare ? "\(rounded(100 * $0.silentShare)) %" : nil },
      "utterance is silent for most of its time", "utterances are silent for most of their time")
  }

  private mutating func textProblems(
    _ rows: [(Utterance, Look)], _ expectations: Expectations
  ) {
    report(
      isFailure: true, rows.filter { $0.0.text == nil }.map(\.0.id), "utterance has no transcript",
      "utterances have no transcript")
    report(
      rows.filter { $0.0.text?.isEmpty == true }.map(\.0.id), "transcript is empty",
      "transcripts are empty")
    if let alphabet = expectations.alphabet {
      let foreign = characters.filter { !alphabet.contains($0.key) }
      report(
        isFailure: true,
        foreign.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { character, count in
          let first = rows.first { $0.0.text?.contains(character) == true }?.0.id ?? ""
          return "\"\(character)\" (\(count) times, first in \(first))"
        }, "character is not in the alphabet", "characters are not in the alphabet")
    }
    report(
      rows.compactMap { utterance, look in
        guard let audio = look.audio, let text = utterance.text else { return nil }
        let frames = Int(audio.duration / expectations.frameSeconds)
        let needed = text.count + zip(text, text.dropFirst()).count { $0 == $1 }
        return frames < needed ? "\(utterance.id) (\(frames) frames of \(needed))" : nil
      }, "utterance is too short for its transcript under CTC",
      "utterances are too short for their transcripts under CTC")
  }

  private mutating func duplicateProblems(_ rows: [(Utterance, Look)]) {
    var ids: [String: Int] = [:]
    for (utterance, _) in rows { ids[utterance.id, default: 0] += 1 }
    report(
      ids.filter { $0.value > 1 }.sorted { $0.key < $1.key }
        .map { "\($0.key) (\($0.value) times)" }, "name stands for several utterances",
      "names stand for several utterances each")
    var firsts: [UInt64: Utterance] = [:]
    var (same, contrary): ([String], [String]) = ([], [])
    for (utterance, look) in rows where look.audio.map({ $0.sampleCount > 0 }) ?? false {
      guard let first = firsts[look.hash] else {
        firsts[look.hash] = utterance
        continue
      }
      let pair = "\(utterance.id) and \(first.id)"
      if first.text == utterance.text { same.append(pair) } else { contrary.append(pair) }
    }
    report(same, "utterance is there twice", "utterances are there twice")
    report(
      isFailure: true, contrary, "utterance has the audio of another one but not its transcript",
      "utterances have the audio of others but not their transcripts")
  }

  private func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
