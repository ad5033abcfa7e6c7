import Apus
import Testing

struct TranscriptFormatTests {
  static let transcript = Transcript(
    words: [
      .init(text: "one", start: 0.5, end: 0.84, confidence: 0.991),
      .init(text: "<two>", start: 1, end: 1.5, confidence: 1),
      .init(text: "three", start: 3725.25, end: 3726, confidence: 0.5),
    ], duration: 3727)

  @Test func everyFormIsWrittenAsItsReadersExpect() {
    func written(_ format: TranscriptFormat) -> String {
      format.head + format.string(of: Self.transcript, file: "a/my talk.wav")
    }
    #expect(written(.text) == "one <two> three\n")
    #expect(
      written(.srt) == """
        1
        00:00:00,500 --> 00:00:01,500
        one <two>

        2
        01:02:05,250 --> 01:02:06,000
        three


        """)
    #expect(
      written(.vtt) == """
        WEBVTT

        00:00:00.500 --> 00:00:01.500
        one &lt;two&gt;

        01:02:05.250 --> 01:02:06.000
        three


        """)
    #expect(
      written(.ctm) == """
        my_talk.wav 1 0.50 0.34 one 0.99
        my_talk.wav 1 1.00 0.50 <two> 1.00
        my_talk.wav 1 3725.25 0.75 three 0.50

        """)
    #expect(
      written(.audacity) == """
        0.500000\t0.840000\tone
        1.000000\t1.500000\t<two>
        3725.250000\t3726.000000\tthree

        """)
    #expect(
      written(.json).hasPrefix(
        #"{"file": "a/my talk.wav", "duration": 3727.0, "text": "one <two> three", "words": [{"word": "one", "start": 0.5, "end": 0.84, "confidence": 0.991}, "#
      ))
  }

  @Test func alternativesStandInJSONAlone() {
    var transcript = Transcript(words: [], duration: 1)
    let plain = TranscriptFormat.json.string(of: transcript, file: "a.wav")
    #expect(!plain.contains("alternatives"))
    transcript.alternatives = [.init(text: "a b", score: -1.25), .init(text: "ab", score: -3.5)]
    let listed = TranscriptFormat.json.string(of: transcript, file: "a.wav")
    #expect(
      listed.hasSuffix(
        #""alternatives": [{"text": "a b", "score": -1.25}, {"text": "ab", "score": -3.5}]}"# + "\n"
      ))
    #expect(TranscriptFormat.text.string(of: transcript, file: "a.wav") == "\n")
  }

  @Test func cuesAreShortEnoughToBeRead() {
    let words = (0..<200).map {
      Transcript.Word(
        text: "word\($0)", start: Double($0) * 0.4, end: Double($0) * 0.4 + 0.3, confidence: 1)
    }
    let cues = Transcript(words: words, duration: 100).cues
    #expect(cues.flatMap(\.words) == words)
    #expect(cues.count > 10)
    for cue in cues { #expect(cue.text.count <= 84 && cue.end - cue.start <= 6) }
    #expect(Transcript(words: [], duration: 1).cues.isEmpty)
  }
}
