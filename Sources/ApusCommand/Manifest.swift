import ApusAudio
import ApusFiles
import ArgumentParser
import Glibc

struct Manifest: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a corpus of speech as a manifest, a JSON object a line.",
    discussion: """
      The source is a directory of Kaldi's, LJ Speech, LibriSpeech or the Free Spoken Digit \
      Dataset, a table of Common Voice's or Mozilla's, a list of Sphinx's, or a manifest. Each \
      line has audio_filepath (relative where the file is below the manifest's directory), \
      duration, text, and offset, speaker and channel where they are known.

      Audio that can't be read is left out and listed; the exit code is then 65.

      EXAMPLES
        apus manifest LJSpeech-1.1 --output ljspeech.jsonl
        apus manifest LibriSpeech/dev-clean --output dev-clean.jsonl
        apus manifest an4/etc/an4_train.fileids --output an4/train.jsonl
      """)

  @Argument(help: "The corpus.", completion: .file())
  var source: String

  @Option(name: .shortAndLong, help: "The manifest to write.", completion: .file())
  var output: String

  @Option(
    help: "The form of the source: \(SpeechManifest.Form.names). (default: what it looks like)",
    completion: .list(SpeechManifest.Form.allCases.map(\.rawValue)))
  var form: SpeechManifest.Form?

  @Flag(help: "Write transcripts in lower case.")
  var lowercase = false

  func run() throws {
    try requireWritable(output)
    let found = try SpeechImport(source, as: form)
    var utterances = found.utterances
    if lowercase {
      for index in utterances.indices {
        utterances[index].text = utterances[index].text?.lowercased()
      }
    }
    try NeMoManifest.write(utterances, to: output)
    let minutes = Int((found.seconds / 60).rounded())
    print(
      "\(output): \(Quantities.count(utterances.count, "utterance")), "
        + Quantities.count(minutes, "minute"))
    for failure in found.failures { warn("left out: \(failure)") }
    guard found.failures.isEmpty else { throw ExitCode(EX_DATAERR) }
  }
}

extension SpeechManifest.Form: ExpressibleByArgument {
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
