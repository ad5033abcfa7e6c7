import ApusText
import ArgumentParser

struct Split: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Divide a table into parts to learn from and to measure on.",
    discussion: """
      Rows are written as the file has them, behind its header. By hash, a row stays in its part when \
      others are added, but with --stratify, which keeps exact shares of each label; and equal rows \
      go together, with --key all rows of equal texts in those columns, but for case and blanks. \
      The rows are held in memory, but for --parts by hash alone.

      EXAMPLES
        apus split reviews.csv --output parts \\
          --parts train=0.8,dev=0.1,test=0.1 --key text
        apus split train.csv --output folds --folds 5 --stratify author
        apus split train.csv --output uneven --parts train=0.9,test=0.1 \\
          --stratify author \\
          --imbalance 20 --label author
      """)

  @Argument(help: "The table: CSV, TSV or JSON lines, gzip or not; - is standard input.")
  var file: String

  @Option(name: .shortAndLong, help: "The directory of the parts.", completion: .directory)
  var output: String

  @Option(
    help: "The parts and their shares, whose sum is 1. (default: train=0.9,dev=0.1)",
    transform: TableParts.init)
  var parts: TableParts?

  @Option(help: "So many pairs of files for cross-validation, fold-1/train and fold-1/test and on.")
  var folds: Int?

  @Option(help: "hash, or order: the first rows go into the first part.")
  var by = TableSplit.Order.hash

  @Option(help: "A column whose equal texts stay together; it can be given more than once.")
  var key: [String] = []

  @Option(help: "A column of labels that every part has its share of.")
  var stratify: String?

  @Option(
    help: """
      Keep so many times as many rows of the commonest label as of the rarest in the part that is \
      learnt from, with exponentially falling counts between them.
      """)
  var imbalance: Double?

  @Option(help: "The column of labels for --imbalance.")
  var label: String?

  @Option(help: "Another seed hashes rows to other places.")
  var seed: UInt64 = 0

  @OptionGroup var table: TableOptions

  func validate() throws {
    guard parts == nil || folds == nil else {
      throw ValidationError("--parts and --folds exclude each other.")
    }
    if let folds, !(2...1000 ~= folds) {
      throw ValidationError("--folds must be from 2 to 1000, got \(folds).")
    }
    guard (imbalance == nil) == (label == nil) else {
      throw ValidationError("--imbalance and --label belong together.")
    }
    if let imbalance, !(1...1_000_000 ~= imbalance) {
      throw ValidationError("--imbalance must be from 1 to 1000000, got \(imbalance).")
    }
    guard by == .hash || seed == 0 || imbalance != nil else {
      throw ValidationError("--seed has no effect on --by order.")
    }
  }

  func run() throws {
    var split = TableSplit(folds.map(TableSplit.Target.folds) ?? .parts((parts ?? .usual).parts))
    split.order = by
    split.key = key
    split.stratum = stratify
    if let imbalance, let label { split.imbalance = (imbalance, label) }
    split.seed = seed
    for part in try split.run(file, try table.layout(requiring: []), into: output) {
      print("\(part.file): \(Quantities.count(part.rows, "row"))")
    }
  }
}

/// Parts as a command line gives them: `train=0.8,dev=0.2`.
struct TableParts {
  let parts: [TableSplit.Part]

  static let usual = TableParts(parts: [
    TableSplit.Part(name: "train", share: 0.9), TableSplit.Part(name: "dev", share: 0.1),
  ])

  private init(parts: [TableSplit.Part]) { self.parts = parts }

  /// - Throws: `ValidationError` for names that stand twice or are no file names, and shares that are
  ///   not above 0 or do not have the sum 1.
  init(_ argument: String) throws {
    var parts: [TableSplit.Part] = []
    for text in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = text.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, let share = Double(sides[1]), share > 0, share <= 1,
        !sides[0].isEmpty, !sides[0].contains("/"), !sides[0].hasPrefix("."),
        !parts.contains(where: { $0.name == sides[0] })
      else {
        throw ValidationError("expected NAME=SHARE, each name once, shares above 0, got \(text)")
      }
      parts.append(TableSplit.Part(name: String(sides[0]), share: share))
    }
    let sum = parts.reduce(0) { $0 + $1.share }
    guard abs(sum - 1) < 1e-6 else {
      throw ValidationError("expected shares whose sum is 1, got \((sum * 1e6).rounded() / 1e6)")
    }
    self.parts = parts
  }
}

extension TableSplit.Order: ExpressibleByArgument {}
