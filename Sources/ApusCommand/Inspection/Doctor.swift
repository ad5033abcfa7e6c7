import Apus
import ApusAudio
import ApusFiles
import ApusModels
import ApusTensors
import ApusText
import ApusTraining
import ArgumentParser
import Glibc

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read a corpus, labelled tables, a model or shards and report what would go wrong.",
    discussion: """
      All paths of text are one corpus, read up to three times. Models have their configuration, \
      names, shapes, values and tokenizer checked, shards their checksums and tokens. Manifests \
      of speech, in every form that apus manifest knows, have all their audio read.

      With --text-column all paths are tables of one task, the first to learn from: their labels are \
      counted, and texts that stand twice, in two tables, or with two labels are told.

      Files of tasks have the data of each task looked at in the same way: labels are counted, and \
      empty texts and those that stand twice or in two files are told, with --tokenizer also what share \
      of texts is longer than the model's maximumLength.

      The exit code is 65 if something would fail, and 0 where there are warnings alone.

      EXAMPLES
        apus doctor corpus/
        apus doctor corpus/ --tokenizer tokenizer.json --recipe gpt-mini
        apus doctor runs/char --json
        apus doctor train.tsv dev.tsv --text-column sentence1 \\
          --text-column sentence2 \\
          --label-column label --tokenizer tokenizer.json --max-length 128
        apus doctor tasks.yaml --tokenizer all-MiniLM-L6-v2/tokenizer.json
        apus doctor train.jsonl --sample-rate 16000 \\
          --alphabet "abcdefghijklmnopqrstuvwxyz '"
      """)

  @Argument(
    help: "Text files and directories of them, manifests, model directories, or shards.",
    completion: .file())
  var paths: [String]

  @Option(help: "A tokenizer, under which a corpus is looked at too.", completion: .file())
  var tokenizer: String?

  @Option(
    help: "A built-in recipe or a YAML file: what would be trained, and its memory and time.",
    completion: .list(Recipe.names))
  var recipe: String?

  @OptionGroup var corpus: CorpusFormat

  @OptionGroup var speech: SpeechExpectations

  @OptionGroup var table: TableOptions

  @OptionGroup var columns: TextColumnOptions

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var threads: ThreadOption

  func validate() throws {
    guard !paths.contains("-") else {
      throw ValidationError("doctor reads files more than once, so - can't be one of them.")
    }
    guard columns.maxLength == nil || tokenizer != nil else {
      throw ValidationError("--max-length counts tokens: --tokenizer is needed.")
    }
  }

  func run() throws {
    try table.requireUse(columns.isGiven)
    let tables = columns.isGiven ? paths : []
    let kinds = try paths.filter { !tables.contains($0) }.map { ($0, try PathKind(of: $0)) }
    try speech.requireUse(kinds.contains { $0.1 == .speech })
    Processor.threadCount = threads.count
    let tokenizer = try tokenizer.map { try Tokenizer(contentsOf: $0) }
    let recipe = try recipe.map { try Recipe(named: $0) }
    var reports: [DoctorReport] = []
    let texts = kinds.filter { $0.1 == .text }.map(\.0)
    if !texts.isEmpty {
      reports.append(
        .corpus(
          texts,
          try CorpusCheckup(
            of: try corpus.corpus(texts), tokenizer: tokenizer, recipe: recipe,
            threadCount: threads.count)))
    }
    if !tables.isEmpty {
      reports.append(
        .tables(
          tables.joined(separator: " "),
          try TableCheckup(
            of: tables, try table.layout(requiring: columns.all), columns.columns,
            tokenizer: tokenizer, limit: columns.maxLength)))
    }
    for (path, kind) in kinds where kind == .speech {
      let utterances = try SpeechManifest.read(path)
      reports.append(.speech(path, SpeechCheckup(of: utterances, speech.expectations)))
    }
    for (path, kind) in kinds where kind != .text && kind != .speech {
      reports.append(try report(on: path, kind, tokenizer))
      // What is wrong with the file itself is told by then.
      guard kind == .recipe, let file = try? Recipe(contentsOf: path), !file.tasks.isEmpty else {
        continue
      }
      reports += try taskReports(path, tokenizer)
    }
    if let recipe { reports.append(.estimate(recipe, tokenizer)) }
    let isSound = !reports.contains { $0.findings.contains { $0.severity == .failure } }
    if json {
      Output.print(
        .object([("sound", .bool(isSound)), ("reports", .array(reports.map(\.json)))]))
    } else {
      print(reports.map { $0.lines.joined(separator: "\n") }.joined(separator: "\n\n"))
    }
    guard isSound else { throw ExitCode(EX_DATAERR) }
  }

  private func taskReports(_ path: String, _ tokenizer: Tokenizer?) throws -> [DoctorReport] {
    let recipe = try Recipe(tasks: path)
    guard case .fineTuned(let section) = recipe.model else { return [] }
    return try recipe.tasks.map { task in
      .tables(
        "\(path), task \(task.name)", kind: task.kind.rawValue,
        try TableCheckup(of: task, tokenizer: tokenizer, limit: section.maximumLength))
    }
  }

  private func report(
    on path: String, _ kind: PathKind, _ tokenizer: Tokenizer?
  ) throws -> DoctorReport {
    let findings: [Finding]
    switch kind {
    case .model: findings = try ModelCheckup(of: path).findings
    case .run:
      // Before its first checkpoint a run has no model.
      let hasModel = access("\(path)/config.json", F_OK) == 0
      findings =
        try FileCheckup(of: path).findings
        + (hasModel
          ? ModelCheckup(of: path).findings
          : [.warning("There is no checkpoint yet, and so no model.")])
    case .shards: findings = try ShardCheckup(of: path, tokenizer: tokenizer).findings
    case .weights, .tokenizer, .recipe, .speech, .text:
      findings = try FileCheckup(of: path).findings
    }
    return DoctorReport(subject: path, kind: kind.rawValue, findings: findings)
  }
}
