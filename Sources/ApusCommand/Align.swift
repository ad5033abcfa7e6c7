import Apus
import ApusAudio
import ApusFiles
import ApusLayers
import ApusTensors
import ApusText
import ArgumentParser

struct Align: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find when each word of a known text is said.",
    discussion: """
      Aligns a file with its text, or with --data all utterances of a manifest as `apus train` takes \
      them. An utterance that can't be aligned is passed over, named at the end, and makes the exit \
      code 65.

      EXAMPLES
        apus align runs/speech talk.wav --text talk.txt --format srt
        apus align runs/speech --data metadata.csv --format ctm > words.ctm
      """)

  @Argument(help: "The model directory of a recogniser.", completion: .directory)
  var directory: String

  @Argument(help: "An audio file.", completion: .file())
  var file: String?

  @Option(help: "A file with all that is said in it.", completion: .file())
  var text: String?

  @Option(help: "A manifest of utterances with their transcripts.", completion: .file())
  var data: String?

  @Option(help: "text, json, srt, vtt, ctm or audacity.")
  var format = TranscriptFormat.ctm

  @Option(help: "The arithmetic.")
  var precision = Mode.Precision.fp32

  @OptionGroup var threads: ThreadOption

  func validate() throws {
    guard (file == nil) != (data == nil), (file == nil) == (text == nil) else {
      throw ValidationError("Expected an audio file with --text, or --data.")
    }
  }

  func run() throws {
    Processor.threadCount = threads.count
    var options = TranscriptionOptions()
    options.precision = precision
    let transcriber = try Transcriber(directory, options)
    var cueCount = 0
    var failures: [any Error] = []
    print(format.head, terminator: "")
    for utterance in try utterances() {
      do {
        guard case .audio(let path) = utterance.source, let text = utterance.text else {
          throw InputError(
            file: utterance.path, expected: "audio with a transcript", found: "other data")
        }
        let audio = try AudioReader(path)
        let transcript = try transcriber.align(
          text, with: audio, channel: utterance.channel, from: utterance.from,
          duration: utterance.cut(of: audio))
        print(
          format.string(of: transcript, file: utterance.id, from: cueCount + 1), terminator: "")
        cueCount += format == .srt ? transcript.cues.count : 0
      } catch let error as InputError {
        // Of utterances that share a file, the name tells which.
        failures.append(
          InputError(file: utterance.id, expected: error.expected, found: error.found))
      } catch let error as FileError {
        failures.append(error)
      }
    }
    guard let first = failures.first else { return }
    if file != nil { throw first }
    for failure in failures { warn("\(failure)") }
    throw InputError(
      file: data, expected: "utterances that can be aligned",
      found: "\(failures.count) that can't be")
  }

  private func utterances() throws -> [Utterance] {
    if let data { return try SpeechManifest.read(data) }
    guard let file, let text else { return [] }
    let words = try TextLines.joined(text)
    guard words.contains(where: { !$0.isWhitespace }) else {
      throw InputError(file: text, expected: "what is said in \(file)", found: "no words")
    }
    return [Utterance(id: file, source: .audio(file), text: words)]
  }
}
