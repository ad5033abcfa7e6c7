import ApusAudio
import ApusFiles
import Testing

@Suite struct SpeechCheckupTests {
  @Test func problemsAreNamed() throws {
    let scratch = try Scratch()
    func audio(_ name: String, _ samples: [Float], rate: Int = 8000) throws -> Utterance {
      let path = try scratch.write(wave(samples, rate: rate), to: "\(name).wav")
      return Utterance(id: name, source: .audio(path), text: "one two")
    }
    let speech = signal(8000)
    var utterances = [
      try audio("sound", speech), try audio("again", speech),
      try audio("contrary", speech), try audio("other", signal(9000), rate: 16_000),
      try audio("clipped", speech.map { max(-1, min(1, 9 * $0)) }),
      try audio("silent", [Float](repeating: 0, count: 8000)),
      try audio("short", signal(900)),
      Utterance(id: "gone", source: .audio("\(scratch.path)/gone.wav"), text: "one"),
      try audio("wordless", signal(8100)), try audio("long", signal(8200)),
    ]
    utterances[2].text = "three"
    utterances[8].text = nil
    utterances[9].duration = 7
    var expectations = SpeechCheckup.Expectations()
    expectations.alphabet = Set("onetw ")
    let checkup = SpeechCheckup(of: utterances, expectations)
    #expect(checkup.utteranceCount == 10)
    #expect(checkup.sampleRates == [8000: 8, 16_000: 1])
    #expect(checkup.durations.count == 9)
    let failures = checkup.problems.filter(\.isFailure).map(\.message)
    let warnings = checkup.problems.filter { !$0.isFailure }.map(\.message)
    func expect(_ messages: [String], _ parts: String...) {
      #expect(
        messages.contains { message in parts.allSatisfy { message.contains($0) } },
        "\(parts) among \(messages)")
    }
    expect(failures, "1 utterance can't be read", "gone.wav")
    expect(failures, "1 utterance has no transcript: wordless")
    expect(failures, "not in the alphabet", "\"r\" (1 times, first in contrary)")
    expect(failures, "contrary and sound")
    #expect(
      checkup.problems.first { $0.message.contains("not in the alphabet") }?.examples
        == ["\"h\" (1 times, first in contrary)", "\"r\" (1 times, first in contrary)"])
    expect(warnings, "2 sample rates", "1 at 16000 Hz")
    expect(warnings, "again and sound")
    expect(warnings, "clipped", "clipped (")
    expect(warnings, "1 utterance is silent: silent (peak 0.0)")
    expect(warnings, "too short", "short (5 frames of 7)")
    expect(warnings, "long (7.0 s in the manifest, 1.02 s)")
  }

  @Test func soundManifestsHaveNoProblems() throws {
    let scratch = try Scratch()
    let path = try scratch.write(wave(signal(20_000), rate: 16_000), to: "a.wav")
    let utterances = (0..<2).map {
      Utterance(
        id: "\($0)", source: .audio(path), from: 0.5 * Double($0), duration: 0.5,
        isSection: true, text: "one")
    }
    let checkup = SpeechCheckup(of: utterances)
    #expect(checkup.problems == [])
    #expect(checkup.seconds == 1)
  }

  @Test func importsMeasureAndSkip() throws {
    let scratch = try Scratch()
    try scratch.write(wave(signal(20_000), rate: 16_000), to: "wavs/a.wav")
    try scratch.write("a|One|one\nb|Two|two\n".utf8, to: "metadata.csv")
    let read = try SpeechImport(scratch.path)
    #expect(read.utterances.map(\.duration) == [1.25])
    #expect(read.failures.count == 1 && read.failures[0].contains("b.wav"))
  }

  @Test func sectionsAreMeasuredAgainstTheAudio() throws {
    let scratch = try Scratch()
    try scratch.write(wave(signal(32_000), rate: 16_000), to: "a.wav")
    let lines = [
      #""id": "all""#, #""id": "rounded", "duration": 2.05"#, #""id": "cut", "duration": 0.5"#,
      #""id": "rest", "offset": 1.5"#, #""id": "end", "offset": 1.5, "duration": 0.55"#,
      #""id": "long", "offset": 1.5, "duration": 0.7"#, #""id": "behind", "offset": 3"#,
    ]
    let path = try scratch.write(
      lines.map { "{\"audio_filepath\": \"a.wav\", \($0)}\n" }.joined().utf8, to: "a.jsonl")
    let read = try SpeechImport(path)
    #expect(read.utterances.map(\.id) == ["all", "rounded", "cut", "rest", "end"])
    #expect(read.utterances.map(\.duration) == [2, 2, 0.5, 0.5, 0.5])
    #expect(read.utterances.map(\.isSection) == [false, false, true, true, true])
    #expect(read.failures.count == 2 && read.failures.allSatisfy { $0.contains("a.wav") })
    let heard = try read.utterances.map { try $0.samples(rate: 16_000).count }
    #expect(heard == [32_000, 32_000, 8000, 8000, 8000])
    let named = try SpeechManifest.read(path)[0..<5].map { try $0.samples(rate: 16_000).count }
    #expect(named == heard)
  }
}
