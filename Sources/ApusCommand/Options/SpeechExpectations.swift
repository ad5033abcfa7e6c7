import ApusAudio
import ArgumentParser

/// What utterances are held against.
struct SpeechExpectations: ParsableArguments {
  @Option(
    help: ArgumentHelp("The rate of the model's audio, in hertz.", valueName: "hertz"))
  var sampleRate: Int?

  @Option(
    help: ArgumentHelp("The characters that a model of speech can write.", valueName: "text"))
  var alphabet: String?

  @Option(
    help: ArgumentHelp(
      "Milliseconds a frame of a model's output; CTC needs one a character. (default: 20)",
      valueName: "ms"))
  var frameMs: Double?

  func validate() throws {
    if let sampleRate, !(100...1_000_000 ~= sampleRate) {
      throw ValidationError("--sample-rate must be from 100 to 1000000, got \(sampleRate).")
    }
    if let frameMs, !(0.1...10_000 ~= frameMs) {
      throw ValidationError("--frame-ms must be from 0.1 to 10000, got \(frameMs).")
    }
  }

  /// Refuses options that nothing is held against.
  func requireUse(_ isUsed: Bool) throws {
    let given = [
      ("sample-rate", sampleRate != nil), ("alphabet", alphabet != nil),
      ("frame-ms", frameMs != nil),
    ]
    guard let (name, _) = given.first(where: { $0.1 }), !isUsed else { return }
    throw ValidationError("--\(name) has no meaning without a manifest of speech.")
  }

  var expectations: SpeechCheckup.Expectations {
    var expectations = SpeechCheckup.Expectations()
    expectations.sampleRate = sampleRate
    expectations.alphabet = alphabet.map(Set.init)
    if let frameMs { expectations.frameSeconds = frameMs / 1000 }
    return expectations
  }
}
