import Apus
import ApusAudio
import ApusFiles
import ApusTensors
import ApusText
import ArgumentParser

struct InspectSpeech: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speech",
    abstract: "Draw audio, the symbols that a recogniser hears in it, and the words.",
    discussion: """
      EXAMPLES
        apus inspect speech runs/speech clip.wav --svg clip.svg
        apus inspect speech runs/speech clip.wav --text clip.txt --svg clip.svg
      """)

  @Argument(help: "The model directory of a recogniser.", completion: .directory)
  var directory: String

  @Argument(help: "Audio of a minute at most.", completion: .file())
  var file: String

  @Option(help: "A file with what is said, to be aligned.", completion: .file())
  var text: String?

  @Option(help: "Where the picture goes.", completion: .file())
  var svg: String

  @OptionGroup var threads: ThreadOption

  func run() throws {
    Processor.threadCount = threads.count
    try requireWritable(svg)
    let said = try text.map(TextLines.joined)
    let picture = try Transcriber(directory).picture(of: AudioReader(file), text: said)
    try writeAtomically(picture.svg, to: svg)
    print(picture.transcript.text)
  }
}
