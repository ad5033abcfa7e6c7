import Apus
import ApusAudio
import ApusFiles
import ApusText
import ApusTraining

/// What doctor says of one thing.
struct DoctorReport {
  let subject: String
  let kind: String
  var facts: [(key: String, value: JSONValue)] = []
  var findings: [Finding]
  /// Lengths, and what they are counted in.
  var lengths: [Lengths] = []

  struct Lengths {
    let histogram: LengthHistogram
    let unit: String
    /// What has the lengths, in the plural.
    var things = "documents"
  }

  var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("subject", .string(subject)), ("kind", .string(kind)),
    ]
    if !facts.isEmpty { members.append(("facts", .object(facts))) }
    for lengths in lengths {
      let bins: [JSONValue] = lengths.histogram.bins.map {
        .object([
          ("from", .integer($0.lengths.lowerBound)), ("to", .integer($0.lengths.upperBound)),
          (lengths.things, .integer($0.documents)),
        ])
      }
      let unit = lengths.unit.split(separator: " ").joined(separator: "_")
      members.append(("lengths_in_\(unit)", .array(bins)))
    }
    let list: [JSONValue] = findings.map { finding in
      let examples = JSONValue.array(finding.examples.map { .string($0) })
      return .object(
        [
          ("severity", .string(finding.severity.rawValue)), ("message", .string(finding.message)),
        ] + (finding.examples.isEmpty ? [] : [("examples", examples)]))
    }
    return .object(members + [("findings", .array(list))])
  }

  var lines: [String] {
    var lines = ["\(subject) (\(kind))"]
    if !facts.isEmpty { lines += Outline(.object(facts)).lines.map { "  \($0)" } }
    for lengths in lengths {
      lines.append("  \(lengths.things) by their length in \(lengths.unit)")
      lines += Self.bars(lengths.histogram).map { "    \($0)" }
    }
    let table = TextTable(findings.map { [$0.severity.rawValue, $0.message] })
    lines += table.lines.map { "  \($0)" }
    if !findings.contains(where: { $0.severity != .note }) { lines.append("  nothing found wrong") }
    return lines
  }

  /// The classes of a histogram, the longest bar being forty characters.
  private static func bars(_ histogram: LengthHistogram) -> [String] {
    let bins = histogram.bins
    let most = max(1, bins.map(\.documents).max() ?? 1)
    return TextTable(
      bins.map { bin in
        let (low, high) = (bin.lengths.lowerBound, bin.lengths.upperBound)
        let width = (40 * bin.documents + most - 1) / most
        return [
          low == high
            ? Quantities.count(low) : "\(Quantities.count(low))–\(Quantities.count(high))",
          Quantities.count(bin.documents), String(repeating: "▆", count: width),
        ]
      }
    ).lines
  }
}

extension DoctorReport {
  static func corpus(_ paths: [String], _ checkup: CorpusCheckup) -> DoctorReport {
    var facts: [(key: String, value: JSONValue)] = [
      ("files", .integer(checkup.bytes.files)), ("bytes", .integer(checkup.bytes.bytes)),
    ]
    if let documents = checkup.documents {
      facts.append(("documents", .integer(documents.report.documents)))
      facts.append(("longest_document_bytes", .integer(documents.report.longest)))
      if let place = documents.longest {
        facts.append(("longest_document_at", .string("\(place.file):\(place.row)")))
      }
    }
    if let tokens = checkup.tokens {
      facts.append(("tokens", .integer(tokens.tokens)))
      facts.append(("bytes_per_token", .number(tokens.bytesPerToken)))
      facts.append(("unknown_tokens", .integer(tokens.unknownTokens)))
      if tokens.lengths.limit < .max {
        facts.append(("context_length", .integer(tokens.lengths.limit)))
        facts.append(("documents_longer_than_context", .integer(tokens.lengths.overlong)))
      }
    }
    let lengths =
      checkup.tokens.map { Lengths(histogram: $0.lengths, unit: "tokens") }
      ?? checkup.documents.map { Lengths(histogram: $0.lengths, unit: "bytes") }
    return DoctorReport(
      subject: paths.joined(separator: " "), kind: "text", facts: facts,
      findings: checkup.findings, lengths: lengths.map { [$0] } ?? [])
  }

  static func speech(_ path: String, _ checkup: SpeechCheckup) -> DoctorReport {
    let rates = checkup.sampleRates.sorted { $0.key < $1.key }
    let characters = checkup.characters.sorted { $0.key < $1.key }
    var (durations, texts) = (LengthHistogram(), LengthHistogram())
    for seconds in checkup.durations { durations.add(Int(10 * seconds)) }
    for length in checkup.textLengths { texts.add(length) }
    var facts: [(key: String, value: JSONValue)] = [
      ("utterances", .integer(checkup.utteranceCount)), ("hours", .number(checkup.seconds / 3600)),
      ("speakers", .integer(checkup.speakerCount)),
      ("utterances_at_hertz", .object(rates.map { ("\($0.key)", .integer($0.value)) })),
    ]
    // A long alphabet is a matter of the histogram of another program.
    if characters.count <= 100 {
      facts.append(
        ("characters", .object(characters.map { ("\($0.key)", .integer($0.value)) })))
    } else {
      facts.append(("distinct_characters", .integer(characters.count)))
    }
    return DoctorReport(
      subject: path, kind: PathKind.speech.rawValue, facts: facts,
      findings: checkup.problems.map { Finding($0) },
      lengths: [
        Lengths(histogram: durations, unit: "tenths of a second", things: "utterances"),
        Lengths(histogram: texts, unit: "characters", things: "utterances"),
      ])
  }

  static func tables(
    _ subject: String, kind: String = "tables", _ checkup: TableCheckup
  ) -> DoctorReport {
    var facts: [(key: String, value: JSONValue)] = []
    var lengths: [Lengths] = []
    for split in checkup.statistics?.splits ?? [] {
      var members: [(key: String, value: JSONValue)] = [("rows", .integer(split.rows))]
      if let scores = split.scores {
        members.append(("least_score", .number(scores.lowerBound)))
        members.append(("greatest_score", .number(scores.upperBound)))
      }
      if split.labels.count > mostLabels {
        members.append(("distinct_labels", .integer(split.labels.count)))
      } else if !split.labels.isEmpty {
        let labels = split.labels.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        members.append(("labels", .object(labels.map { ($0.key, .integer($0.value)) })))
      }
      if split.lengths.limit < .max {
        members.append(("texts_longer_than_limit", .integer(split.lengths.overlong)))
      }
      facts.append((split.name, .object(members)))
      lengths.append(
        Lengths(
          histogram: split.lengths,
          unit: checkup.statistics?.countsTokens == true ? "tokens" : "bytes",
          things: "texts of \(split.name)"))
    }
    return DoctorReport(
      subject: subject, kind: kind, facts: facts, findings: checkup.findings, lengths: lengths)
  }

  /// More labels are told by their number.
  private static let mostLabels = 100

  /// What training by a recipe will take on this machine.
  static func estimate(_ recipe: Recipe, _ tokenizer: Tokenizer?) -> DoctorReport {
    let checkup = RecipeCheckup(of: recipe, tokenizer: tokenizer)
    let estimate = checkup.estimate
    var facts: [(key: String, value: JSONValue)] = [
      ("precision", .string(checkup.precision.rawValue)),
      ("tokens_per_step", .integer(Int(estimate.tokensPerStep))),
      ("machine_memory_bytes", .integer(Int(checkup.machineBytes))),
    ]
    // A recipe for a pretrained encoder does not tell how large that is.
    let isSized = estimate.parameters > 0
    if isSized {
      facts += [
        ("parameters", .integer(Int(estimate.parameters))),
        ("parameter_and_optimizer_bytes", .integer(Int(estimate.parameterBytes))),
        ("activation_bytes", .integer(Int(estimate.activationBytes))),
        ("memory_bytes", .integer(Int(estimate.memoryBytes))),
      ]
    }
    if let steps = recipe.training.steps { facts.append(("steps", .integer(steps))) }
    if let epochs = recipe.training.epochs { facts.append(("epochs", .integer(epochs))) }
    if checkup.isComputable {
      let rate = matrixPeak(checkup.precision == .bf16 ? .bf16 : .fp32)
      facts.append(("matrix_gflops_now", .number(rate)))
      if isSized, let seconds = estimate.seconds(matrixRate: rate * 1e9) {
        facts.append(("estimated_hours", .number(seconds / 3600)))
      }
    }
    return DoctorReport(
      subject: recipe.name, kind: "recipe, an estimate", facts: facts,
      findings: checkup.findings)
  }
}
