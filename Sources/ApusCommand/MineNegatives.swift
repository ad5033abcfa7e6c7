import Apus
import ApusFiles
import ApusTensors
import ApusText
import ApusTraining
import ArgumentParser

struct MineNegatives: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mine-negatives",
    abstract: "Find texts that are near anchors but not what belongs to them.",
    discussion: """
      The texts of a corpus are ranked by their cosine with each anchor; those of the ranks asked for \
      that are by the margin further than the anchor's positive become its negatives. The output is \
      JSON lines with anchor, positive and negative1 to negativeN, as `apus train` takes them; pairs \
      with fewer than N negatives are left out, and counted.

      EXAMPLES
        apus mine-negatives all-MiniLM-L6-v2 --data pairs.tsv \\
          --output triples.jsonl
        apus mine-negatives all-MiniLM-L6-v2 --data pairs.tsv \\
          --corpus answers.txt --from 10 --to 50 \\
          --margin 0.05 --count 3 --output triples.jsonl
      """)

  @Argument(help: "What embeds texts.", completion: .directory)
  var directory: String

  @Option(help: "Pairs in CSV, TSV or JSON lines.", completion: .file())
  var data: String

  @Option(help: "Texts, a line each. (default: the positives of all pairs)", completion: .file())
  var corpus: String?

  @Option(name: .shortAndLong, help: "The file of JSON lines to make.", completion: .file())
  var output: String

  @Option(help: "The first rank that is taken, from 0.")
  var from = 0

  @Option(help: "The rank before which the last is taken.")
  var to = 50

  @Option(help: "The negatives of each pair.")
  var count = 1

  @Option(help: "By how much the cosine of a negative must be below the positive's.")
  var margin: Float = 0

  @OptionGroup(title: "Pairs of texts") var rows: RowOptions

  @OptionGroup var threads: ThreadOption

  func validate() throws {
    guard 0 <= from, from < to, to <= 1_000_000 else {
      throw ValidationError("--from and --to must be ranks in their order, got \(from) and \(to).")
    }
    guard 1...64 ~= count else {
      throw ValidationError("--count must be 1 to 64, got \(count).")
    }
    guard margin.isFinite else { throw ValidationError("--margin must be finite, got \(margin).") }
  }

  func run() throws {
    Processor.threadCount = threads.count
    try requireWritable(output)
    let pairs = try AnchoredPairs(data, columns: rows.columns).pairs
    var texts = pairs.map(\.positive)
    if let corpus {
      texts = []
      var lines = try TextLines(corpus)
      while let line = try lines.next() {
        if line.contains(where: { !$0.isWhitespace }) { texts.append(line) }
      }
      guard !texts.isEmpty else {
        throw InputError(file: corpus, expected: "texts", found: "none")
      }
    }
    var options = NegativeMiner.Options()
    (options.ranks, options.count, options.margin) = (from..<to, count, margin)
    let found = NegativeMiner(try TextEmbedder(directory), corpus: texts)
      .negatives(of: pairs, options)
    var file = try AtomicFile(output)
    var written = 0
    for (pair, negatives) in zip(pairs, found) where negatives.count == count {
      let members: [(key: String, value: JSONValue)] =
        [("anchor", .string(pair.anchor)), ("positive", .string(pair.positive))]
        + negatives.enumerated().map { ("negative\($0 + 1)", .string($1)) }
      try file.write(JSONValue.object(members).line + "\n")
      written += 1
    }
    try file.commit()
    if written < pairs.count {
      warn("\(pairs.count - written) of \(pairs.count) pairs have fewer than \(count) negatives")
    }
  }
}
