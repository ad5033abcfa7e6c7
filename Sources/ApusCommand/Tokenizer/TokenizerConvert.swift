import ApusText
import ArgumentParser

struct TokenizerConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a tokenizer in another file format.",
    discussion: """
      What a format has no form for is refused. A vocab.txt takes BERT's word \
      pieces, lower-casing unless a tokenizer_config.json beside it says otherwise; vocab.json with \
      merges.txt takes GPT-2's byte pairs; a .model takes what SentencePiece does; tokenizer.json \
      takes all but some settings of SentencePiece, such as user-defined symbols.

      EXAMPLES
        apus tokenizer convert gpt2/ --output tokenizer.json
        apus tokenizer convert tokenizer.json --output vocab.txt
        apus tokenizer convert tokenizer.json --output vocab.json \\
          --merges merges.txt
        apus tokenizer convert tokenizer.model --output tokenizer.json
      """)

  @Argument(help: "The tokenizer: a file or a model directory.", completion: .file())
  var tokenizer: String

  @Option(
    name: .shortAndLong,
    help: """
      The file to write: a tokenizer.json, or a SentencePiece model if it ends in .model, or a \
      vocab.txt of BERT's if it ends in .txt.
      """, completion: .file(extensions: ["json", "model", "txt"]))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Write GPT-2's merges to this file, and its vocab.json to --output.", valueName: "file"),
    completion: .file(extensions: ["txt"]))
  var merges: String?

  func run() throws {
    try requireWritable(output)
    let tokenizer = try Tokenizer(contentsOf: tokenizer)
    guard let merges else { return try tokenizer.save(to: output) }
    try requireWritable(merges)
    try tokenizer.saveGPT2(vocabulary: output, merges: merges)
  }
}
