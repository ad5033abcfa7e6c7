import ApusText
import ArgumentParser

struct TokenizerEncode: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Turn the texts of a file, one a line, into tokens.",
    discussion: """
      Each line gives one line, in order. Memory does not grow with the file.

      EXAMPLES
        apus tokenizer encode tokenizer.json --input texts.jsonl --json
        apus tokenizer encode model/ --input texts.txt --no-special
        echo "To be, or not to be" | apus tokenizer encode tokenizer.json --json --offsets
      """)

  @Argument(help: "The tokenizer: a file or a model directory.", completion: .file())
  var tokenizer: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A file of texts, gzip or not: lines of JSON if its name ends in .jsonl or .ndjson, else "
        + "lines of text.", valueName: "file"), completion: .file())
  var input = "-"

  @Flag(help: "Print a JSON array of ids for each text, in place of tokens.")
  var json = false

  @Flag(
    help: ArgumentHelp(
      "With --json: print an object of ids and offsets, pairs of the first byte of the text that a "
        + "token stands for and the one behind the last."))
  var offsets = false

  @Flag(name: .customLong("no-special"), help: "Put no special tokens around texts.")
  var omitsSpecial = false

  @Option(
    help: ArgumentHelp(
      "The key of the text in lines of JSON; with it, standard input is JSON too. (default: text)"))
  var key: String?

  @Flag(help: "Refuse text that is not UTF-8 instead of replacing what is ill-formed.")
  var strict = false

  @OptionGroup var threads: ThreadOption

  func validate() throws {
    guard json || !offsets else { throw ValidationError("--offsets needs --json.") }
  }

  func run() throws {
    var encoding = LineEncoding(try Tokenizer(contentsOf: tokenizer))
    encoding.form = offsets ? .idsAndOffsets : json ? .ids : .tokens
    encoding.addsSpecialTokens = !omitsSpecial
    encoding.isStrict = strict
    encoding.key = key ?? (LineEncoding.isJSONLines(input) ? "text" : nil)
    encoding.threadCount = threads.count
    let report = try encoding.run(input, write: Output.write)
    if report.replacements > 0 {
      warn("\(input): \(Quantities.count(report.replacements, "ill-formed part")) replaced")
    }
  }
}
