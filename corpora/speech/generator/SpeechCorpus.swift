import ApusAudio
import ApusFiles

/// Digits and commands, spoken one to four at a time.
struct SpeechCorpus {
  static let words = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "yes", "no",
    "go", "stop", "left", "right", "up", "down",
  ]

  /// Seconds of speech of each known speaker.
  private static let (trainingSeconds, validationSeconds) = (18.0, 2.0)
  /// Utterances of each unknown speaker.
  private static let heldOutCount = 5

  let directory: String
  let synthesizer: Synthesizer

  /// Writes `train`, `validation` and `held-out`, each a folder of FLAC files and a manifest.
  ///
  /// A known speaker's utterances stand one behind the other in one file, since hundreds of short
  /// files would be larger; held-out ones have a file each, as recordings have.
  func write() throws {
    var choices = Choices(seed: 1, words: Self.words)
    for (part, seconds) in [
      ("train", Self.trainingSeconds), ("validation", Self.validationSeconds),
    ] {
      try createDirectory("\(directory)/\(part)")
      let utterances = try Speaker.known.flatMap { speaker in
        try together(speaker, part, seconds, &choices)
      }
      try finish(part, utterances)
    }
    try createDirectory("\(directory)/held-out")
    let utterances = try Speaker.unknown.flatMap { speaker in
      try (1...Self.heldOutCount).map { number in
        try alone(speaker, number, &choices)
      }
    }
    try finish("held-out", utterances)
  }

  private func together(
    _ speaker: Speaker, _ part: String, _ seconds: Double, _ choices: inout Choices
  ) throws -> [Utterance] {
    let path = "\(directory)/\(part)/\(speaker.name).flac"
    let rate = Double(Synthesizer.rate)
    var samples: [Float] = []
    var utterances: [Utterance] = []
    while Double(samples.count) < seconds * rate {
      let (text, spoken) = try speak(speaker, &choices)
      utterances.append(
        Utterance(
          id: "\(speaker.name)-\(part)-\(utterances.count + 1)", source: .audio(path),
          from: Double(samples.count) / rate, duration: Double(spoken.count) / rate,
          isSection: true, text: text, speaker: speaker.name))
      samples += spoken
    }
    try AudioWriter.write(samples, rate: Synthesizer.rate, to: path)
    return utterances
  }

  private func alone(
    _ speaker: Speaker, _ number: Int, _ choices: inout Choices
  ) throws -> Utterance {
    let path = "\(directory)/held-out/\(speaker.name)-\(number).flac"
    let (text, samples) = try speak(speaker, &choices)
    try AudioWriter.write(samples, rate: Synthesizer.rate, to: path)
    return Utterance(
      id: "\(speaker.name)-\(number)", source: .audio(path),
      duration: Double(samples.count) / Double(Synthesizer.rate), text: text,
      speaker: speaker.name)
  }

  private func speak(
    _ speaker: Speaker, _ choices: inout Choices
  ) throws -> (text: String, samples: [Float]) {
    let text = choices.words(choices.below(4) + 1).joined(separator: " ")
    let samples = try synthesizer.samples(
      text, by: speaker, speed: speaker.speed + choices.below(41) - 20,
      pitch: speaker.pitch + choices.below(25) - 12)
    return (text, samples)
  }

  private func finish(_ part: String, _ utterances: [Utterance]) throws {
    try NeMoManifest.write(utterances, to: "\(directory)/\(part).jsonl")
    let seconds = utterances.reduce(0) { $0 + ($1.duration ?? 0) }
    print("\(part): \(utterances.count) utterances, \(Int(seconds)) s")
  }
}
