import ApusFiles
import ApusText
import ApusTraining
import Foundation

/// A look at a corpus before anything is trained on it.
public struct CorpusCheckup: Sendable {
  public private(set) var bytes = ByteStatistics()
  /// Nil if the corpus could not be read to its end.
  public private(set) var documents: DocumentStatistics?
  /// Nil without a tokenizer.
  public private(set) var tokens: TokenStatistics?
  public private(set) var findings: [Finding] = []

  /// Reads a corpus up to three times: as bytes, as documents, as tokens.
  ///
  /// - Parameters:
  ///   - corpus: The texts, which can be read more than once.
  ///   - tokenizer: What would cut them into tokens.
  ///   - recipe: What would be trained on them.
  ///   - threadCount: The threads to use.
  /// - Throws: `FileError` if a file can't be read. What is wrong with its contents is a finding.
  public init(
    of corpus: Corpus, tokenizer: Tokenizer? = nil, recipe: Recipe? = nil, threadCount: Int = 1
  ) throws {
    do {
      try bytes.read(corpus.paths)
      documents = try DocumentStatistics(of: corpus)
      if let tokenizer {
        tokens = try TokenStatistics(
          of: corpus, with: tokenizer, limit: recipe?.model.longestSequence ?? .max,
          threadCount: threadCount)
      }
    } catch let error as InputError {
      findings.append(.failure("\(error)"))
    }
    findings += encodingFindings + lineFindings
    if let documents { findings += documentFindings(documents, longest: corpus.longestDocument) }
    if let tokens { findings += tokenFindings(tokens, recipe: recipe) }
  }

  private var encodingFindings: [Finding] {
    var findings: [Finding] = []
    if bytes.utf16.count > 0 {
      findings.append(
        .failure(
          bytes.utf16.described(
            "file is UTF-16, expected UTF-8", "files are UTF-16, expected UTF-8")))
    }
    if bytes.illFormed.count > 0 {
      findings.append(
        .warning(
          bytes.illFormed.described(
            "byte is not UTF-8 and will be replaced", "bytes are not UTF-8 and will be replaced")))
    }
    if bytes.nul.count > 0 {
      findings.append(.warning(bytes.nul.described("NUL byte", "NUL bytes")))
    }
    if bytes.controls.count > 0 {
      findings.append(
        .warning(bytes.controls.described("control character", "control characters")))
    }
    return findings
  }

  private var lineFindings: [Finding] {
    let kinds = [
      ("LF", bytes.lineFeeds), ("CR LF", bytes.carriageReturnLineFeeds),
      ("CR", bytes.carriageReturns),
    ].filter { $0.1.count > 0 }
    guard let last = kinds.last, last.0 != "LF" else { return [] }
    if kinds.count == 1 {
      return [.warning("lines end with \(last.0); carriage returns become part of the text")]
    }
    let counts = kinds.map { "\($0.1.count) with \($0.0)" }.joined(separator: ", ")
    return [.warning("lines end in different ways: \(counts)\(last.1.placesDescribed)")]
  }

  private func documentFindings(_ documents: DocumentStatistics, longest: Int) -> [Finding] {
    var findings: [Finding] = []
    let report = documents.report
    if report.emptyDocuments > 0 {
      findings.append(
        .warning(
          "\(report.emptyDocuments) empty document\(report.emptyDocuments == 1 ? "" : "s") skipped")
      )
    }
    if report.cutDocuments > 0 {
      findings.append(
        .warning(
          "\(report.cutDocuments) document\(report.cutDocuments == 1 ? "" : "s") longer than "
            + "\(longest) bytes will be cut"))
    }
    if documents.repeats.count > 0 {
      let about = documents.repeatsAreExact ? "" : "about "
      findings.append(
        .warning(
          about
            + documents.repeats.described(
              "document repeats an earlier one", "documents repeat earlier ones")))
    }
    return findings
  }

  private func tokenFindings(_ tokens: TokenStatistics, recipe: Recipe?) -> [Finding] {
    var findings: [Finding] = []
    let share = tokens.tokens > 0 ? Double(tokens.unknownTokens) / Double(tokens.tokens) : 0
    if tokens.tokens == 0 {
      findings.append(.failure("the tokenizer finds no token in the corpus"))
    } else if share > 0.001 {
      findings.append(
        .warning(
          "\(tokens.unknownTokens) of \(tokens.tokens) tokens are unknown to the tokenizer"))
    }
    guard let recipe else { return findings }
    if recipe.objective.kind == .masked, recipe.objective.next == .nextSentence,
      tokens.lengths.documents == 1
    {
      findings.append(
        .warning("one document alone has no other to take the next sentence from; see --documents"))
    }
    let seen = RunEstimate(recipe, vocabularySize: 2, usesBFloat16: false).tokens
    let passes = seen.map { $0 / Double(max(1, tokens.tokens)) }
    if let passes, passes > 100 {
      let times = String(format: "%.0f", passes)
      findings.append(.warning("the recipe's steps go over the corpus \(times) times"))
    }
    return findings
  }
}

extension Sightings {
  /// The count, what was seen, and where first.
  func described(_ one: String, _ many: String) -> String {
    "\(count) \(count == 1 ? one : many)\(placesDescribed)"
  }

  fileprivate var placesDescribed: String {
    let list = places.map { "\($0.file):\($0.row)" }.joined(separator: ", ")
    return places.isEmpty ? "" : " (\(count > places.count ? "first " : "")\(list))"
  }
}
