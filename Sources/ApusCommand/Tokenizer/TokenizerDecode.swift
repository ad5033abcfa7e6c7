import ApusText
import ArgumentParser

struct TokenizerDecode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Turn ids, a JSON array a line, back into text.",
    discussion: """
      EXAMPLES
        apus tokenizer decode tokenizer.json --input ids.jsonl
        echo "[15496, 995]" | apus tokenizer decode gpt2/
      """)

  @Argument(help: "The tokenizer: a file or a model directory.", completion: .file())
  var tokenizer: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A file of JSON arrays of ids, gzip or not.", valueName: "file"),
    completion: .file())
  var input = "-"

  @Flag(help: "Print a JSON string for each text, so that it takes one line whatever it holds.")
  var json = false

  @Flag(help: "Keep special tokens in the text.")
  var special = false

  @OptionGroup var threads: ThreadOption

  func run() throws {
    var decoding = LineDecoding(try Tokenizer(contentsOf: tokenizer))
    decoding.skipsSpecialTokens = !special
    decoding.writesJSON = json
    decoding.threadCount = threads.count
    _ = try decoding.run(input, write: Output.write)
  }
}
