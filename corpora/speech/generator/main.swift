import ApusAudio
import ApusFiles
import Foundation

let usage = """
  usage: speech-corpus DIRECTORY

  Has espeak-ng speak digits and commands, and writes audio and manifests to DIRECTORY.
  """

guard CommandLine.arguments.count == 2, CommandLine.arguments[1] != "--help" else {
  print(usage)
  exit(CommandLine.arguments.count == 2 ? 0 : 64)
}
do {
  let directory = CommandLine.arguments[1]
  let corpus = SpeechCorpus(directory: directory, synthesizer: try Synthesizer())
  try corpus.write()
} catch {
  FileHandle.standardError.write(Data("speech-corpus: \(error)\n".utf8))
  exit(1)
}
