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
        apus tokenizer encode bert/ --input questions.jsonl --json \\
          --key question \\
          --pair-key passage --max-length 384 --cut only-second --windows \\
          --stride 128
        echo "To be, or not to be" | apus tokenizer encode tokenizer.json \\
          --json --offsets
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
      """
      With --json: print an object of ids, segments (0, and 1 in the second text of a pair) and \
      offsets, pairs of the first byte of the text that a token stands for and the one behind the \
      last.
      """))
  var offsets = false

  @Flag(name: .customLong("no-special"), help: "Put no special tokens around texts.")
  var omitsSpecial = false

  @Option(
    help: ArgumentHelp(
      "The key of the text in lines of JSON; with it, standard input is JSON too. (default: text)"))
  var key: String?

  @Option(
    help: ArgumentHelp(
      "The key of a second text in lines of JSON, encoded as a pair with the first."))
  var pairKey: String?

  @Option(
    help: ArgumentHelp("The most tokens of a text, special ones included.", valueName: "n"))
  var maxLength: Int?

  @Option(
    help: """
      With --max-length: which text of a pair is cut.
      """)
  var cut = CutText.longestFirst

  @Flag(
    help: """
      With --max-length and --json: print an array for each text, of what is left of it and the \
      windows that go beyond.
      """)
  var windows = false

  @Option(
    help: ArgumentHelp(
      "With --windows: how many tokens of the text a window shares with the one before.",
      valueName: "n"))
  var stride = 0

  @Flag(help: "Refuse text that is not UTF-8 instead of replacing what is ill-formed.")
  var strict = false

  @OptionGroup var threads: ThreadOption

  func validate() throws {
    guard json || !offsets else { throw ValidationError("--offsets needs --json.") }
    guard json || !windows else { throw ValidationError("--windows needs --json.") }
    if let maxLength, maxLength < 1 {
      throw ValidationError("--max-length must be at least 1, got \(maxLength).")
    }
    guard maxLength != nil || (!windows && cut == .longestFirst) else {
      throw ValidationError("--windows and --cut need --max-length.")
    }
    guard stride >= 0, windows || stride == 0 else {
      throw ValidationError("--stride needs --windows, and must not be negative.")
    }
    guard pairKey == nil || key != nil || LineEncoding.isJSONLines(input) else {
      throw ValidationError("--pair-key needs lines of JSON: an --input of .jsonl, or --key.")
    }
  }

  func run() throws {
    var encoding = LineEncoding(try Tokenizer(contentsOf: tokenizer))
    encoding.form = offsets ? .idsAndOffsets : json ? .ids : .tokens
    encoding.addsSpecialTokens = !omitsSpecial
    encoding.isStrict = strict
    encoding.key = key ?? (LineEncoding.isJSONLines(input) ? "text" : nil)
    encoding.pairKey = pairKey
    encoding.limit = maxLength.map {
      Truncation(maximumLength: $0, strategy: cut.strategy, stride: stride)
    }
    encoding.writesWindows = windows
    encoding.threadCount = threads.count
    let report = try encoding.run(input, write: Output.write)
    if report.replacements > 0 {
      warn("\(input): \(Quantities.count(report.replacements, "ill-formed part")) replaced")
    }
  }
}

/// Which text of a pair is cut.
enum CutText: String, CaseIterable, ExpressibleByArgument {
  case longestFirst = "longest-first"
  case onlyFirst = "only-first"
  case onlySecond = "only-second"

  var strategy: Truncation.Strategy {
    switch self {
    case .longestFirst: .longestFirst
    case .onlyFirst: .onlyFirst
    case .onlySecond: .onlySecond
    }
  }
}
