import Foundation
import Testing

/// Manifests of speech, of the project's own spoken digits.
@Suite struct SpeechDoctorTests {
  private static let speech = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "corpora/speech").path

  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test(arguments: ["train", "validation", "held-out"])
  func committedManifestsAreSound(_ part: String) throws {
    let outcome = try Program.run(
      "doctor", "\(Self.speech)/\(part).jsonl", "--sample-rate", "8000", "--alphabet",
      "abcdefghijklmnopqrstuvwxyz ")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("nothing found wrong"), "\(outcome)")
  }

  @Test func whatWouldGoWrongIsNamed() throws {
    let manifest = try directory.write(
      """
      {"audio_filepath": "\(Self.speech)/held-out/olga-2.flac", "text": "a transcript of far more letters than frames"}
      {"audio_filepath": "none.wav", "text": "b"}

      """, to: "bad.jsonl")
    let outcome = try Program.run(
      "doctor", manifest, "--alphabet", "abc", "--frame-ms", "40", "--json")
    #expect(outcome.status == 65)
    let report = try #require((outcome.json()["reports"] as? [[String: Any]])?.first)
    #expect(report["kind"] as? String == "speech")
    let list = try #require(report["findings"] as? [[String: Any]])
    let findings = list.compactMap { $0["message"] as? String }
    for part in ["none.wav", "characters are not in the alphabet", "too short"] {
      #expect(findings.contains { $0.contains(part) }, "\(findings)")
    }
    // The message shows three; the alphabet lacks twelve letters and the blank.
    let letters = list.first { ($0["message"] as? String)?.contains("alphabet") == true }
    #expect((letters?["examples"] as? [String])?.count == 13)
    let text = try directory.write("one\ntwo\n", to: "text.txt")
    try Program.run("doctor", text, "--alphabet", "abc").expectUsageError(naming: "--alphabet")
  }

  @Test func corporaBecomeManifests() throws {
    let output = directory["out.jsonl"]
    let outcome = try Program.run(
      "manifest", "\(Self.speech)/held-out.jsonl", "--output", output)
    #expect(outcome.status == 0, "\(outcome)")
    let lines = try directory.text(of: "out.jsonl").split(separator: "\n")
    #expect(lines.count == 20 && lines.allSatisfy { $0.contains("\"duration\"") })
    let info = try Program.run("info", output)
    #expect(info.status == 0 && info.output.contains("20"), "\(info)")
    let libri = try directory.write("a-1 ONE\nb-2 TWO\n", to: "a.trans.txt")
    let none = try Program.run("manifest", libri, "--output", output)
    none.expectFailure(65, naming: "utterances that can be read")
  }
}
