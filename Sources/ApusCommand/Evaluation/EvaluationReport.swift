import ApusFiles
import ApusTraining
import ApusText

/// The measures of a model by their names, as they are printed.
typealias EvaluationReport = [(key: String, value: JSONValue)]

extension LanguageModelScore {
  var report: EvaluationReport {
    [
      ("tokens", .integer(tokenCount)), ("unknown_tokens", .integer(unknownCount)),
      ("replaced_parts", .integer(replacementCount)),
      ("bytes", .integer(byteCount)),
      ("words", .integer(wordCount)), ("loss", .number(loss)), ("perplexity", .number(perplexity)),
      ("word_perplexity", .number(wordPerplexity)),
      ("bits_per_byte", bitsPerByte.map { .number($0) } ?? .null),
    ]
  }
}

extension SimilarityScore {
  var report: EvaluationReport {
    let agreements = [
      ("cosine", cosine), ("euclidean", euclidean), ("manhattan", manhattan), ("dot", dot),
    ]
    func value(_ number: Double) -> JSONValue { number.isNaN ? .null : .number(number) }
    return [
      ("pairs", .integer(pairCount)), ("spearman", value(cosine.spearman)),
      ("pearson", value(cosine.pearson)),
    ]
      + agreements.map { name, agreement in
        (
          name,
          .object([
            ("spearman", value(agreement.spearman)), ("pearson", value(agreement.pearson)),
          ])
        )
      }
  }
}

extension MaskedScore {
  var report: EvaluationReport {
    [
      ("masked_tokens", .integer(tokenCount)), ("loss", .number(loss)),
      ("perplexity", .number(perplexity)),
    ]
  }
}

extension ClassificationScore {
  func report(_ labels: [String]) -> EvaluationReport {
    let each = labels.enumerated().map {
      (key: $0.element, value: JSONValue.number(f1(of: $0.offset)))
    }
    let unknown: EvaluationReport =
      unknownCount > 0 ? [("unknown_labels", .integer(unknownCount))] : []
    return [
      ("texts", .integer(textCount)), ("loss", .number(loss)), ("accuracy", .number(accuracy)),
      ("macro_f1", .number(macroF1)), ("weighted_f1", .number(weightedF1)),
      ("matthews", .number(matthews)), ("f1", .object(each)),
    ] + unknown
  }
}

extension EnsembleScore {
  /// The measures of what an ensemble decides, and beside them those of either vote and of each member; of a
  /// single classifier, its own alone.
  func report(of ensemble: ClassifierEnsemble) -> EvaluationReport {
    let own = score(by: ensemble.vote).report(ensemble.labels)
    guard ensemble.isEnsemble else { return own }
    func outline(_ score: ClassificationScore) -> JSONValue {
      .object([("accuracy", .number(score.accuracy)), ("macro_f1", .number(score.macroF1))])
    }
    return own + [
      ("vote", .string(ensemble.vote.rawValue)), ("majority", outline(majority)),
      ("average", outline(average)),
      ("members", .object(zip(ensemble.names, members.map(outline)).map { ($0, $1) })),
    ]
  }
}

extension TaggerScore {
  /// The measures, with those of entities if tags say such.
  func report(hasEntities: Bool) -> EvaluationReport {
    var report: EvaluationReport = [
      ("words", .integer(tagging.wordCount)), ("loss", .number(loss)),
      ("accuracy", .number(tagging.accuracy)),
    ]
    if hasEntities {
      let types = tagging.types.sorted { $0.key < $1.key }
      report += tagging.all.report
      report.append(("types", .object(types.map { ($0, .object($1.report)) })))
    }
    if !unknownTags.isEmpty {
      let tags = unknownTags.sorted { $0.key < $1.key }
      report.append(("unknown_tags", .object(tags.map { ($0, .integer($1)) })))
    }
    return report
  }
}

extension TaggingScore.Counts {
  fileprivate var report: EvaluationReport {
    [
      ("f1", .number(f1)), ("precision", .number(precision)), ("recall", .number(recall)),
      ("entities", .integer(expected)),
    ]
  }
}

extension SpeechScore {
  /// The utterances that are shown as the worst.
  private static let worstCount = 5

  var report: EvaluationReport {
    [
      ("utterances", .integer(transcripts.count)), ("too_short", .integer(shortCount)),
      ("loss", .number(loss)),
      ("wer", .number(errors.words.rate)), ("cer", .number(errors.characters.rate)),
      ("words", .object(errors.words.report)),
      ("characters", .object(errors.characters.report)),
      (
        "worst",
        .array(
          worst(Self.worstCount).map {
            .object([
              ("id", .string($0.id)), ("reference", .string($0.reference)),
              ("hypothesis", .string($0.hypothesis)), ("errors", .integer($0.words.total)),
            ])
          })
      ),
    ]
  }
}

extension EditCounts {
  fileprivate var report: EvaluationReport {
    [
      ("reference", .integer(length)), ("insertions", .integer(insertions)),
      ("deletions", .integer(deletions)), ("substitutions", .integer(substitutions)),
    ]
  }
}
