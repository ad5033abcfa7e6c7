import ArgumentParser

struct VectorsGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors",
    abstract: "Look up static vectors of words, or convert them.",
    discussion: """
      Vectors are a directory of `apus pretrain` (skipgram, cbow, fasttext, glove), or a file of \
      word2vec (text, or binary if its name ends in .bin), fastText (.bin or .vec) or GloVe (text).

      EXAMPLES
        apus vectors neighbours runs/vectors river
        apus vectors analogy glove.6B.100d.txt man king woman
        apus vectors convert cc.en.300.bin cc.en.300.vec
      """,
    subcommands: [VectorsNeighbours.self, VectorsAnalogy.self, VectorsConvert.self])
}

/// The vectors that a command reads.
struct VectorsArgument: ParsableArguments {
  @Argument(help: "A directory or file of vectors.", completion: .file())
  var path: String
}
