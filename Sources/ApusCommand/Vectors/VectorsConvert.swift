import ApusVectors
import ArgumentParser

struct VectorsConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write vectors in another format.",
    discussion: """
      Without --format the name decides: .txt and .vec are text below a line with the number of words \
      and of values, .bin is fastText's if there are vectors of subwords and word2vec's otherwise, and \
      a name without a dot is a directory. Only fastText's .bin and directories keep subwords.

      EXAMPLES
        apus vectors convert GoogleNews-vectors-negative300.bin google.vec
        apus vectors convert runs/vectors vectors.txt --format glove
      """)

  @OptionGroup var vectors: VectorsArgument

  @Argument(help: "The file or directory to make.", completion: .file())
  var output: String

  @Option(help: "text, glove, binary, fasttext or directory.")
  var format: WordVectorFormat?

  func run() throws {
    let vectors = try WordVectors(contentsOf: vectors.path)
    let named = WordVectorFormat(ofPath: output, hasSubwords: vectors.subwords != nil)
    guard let format = format ?? named else {
      throw ValidationError("\(output) needs --format: its name stands for none.")
    }
    try vectors.write(to: output, as: format)
  }
}

extension WordVectorFormat: ExpressibleByArgument {}
