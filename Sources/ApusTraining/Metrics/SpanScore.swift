/// How well predicted answers agree with those that people gave: exact match and F1 of words.
///
/// An empty answer says that the passage holds none; it agrees with an empty one alone.
///
/// - Source: Rajpurkar et al. 2016 and 2018; SQuAD's evaluation script, version 2.0.
public struct SpanScore: Sendable, Equatable {
  public private(set) var questionCount = 0
  private var exactSum = 0.0
  private var f1Sum = 0.0

  public init() {}

  /// Counts an answer by that of the right ones it agrees with best.
  ///
  /// - Parameters:
  ///   - predicted: What the model answers.
  ///   - answers: What is right; none, or only ones without a word, if there is no answer.
  public mutating func add(_ predicted: String, answers: [String]) {
    let predicted = answerWords(predicted)
    var right = answers.map(answerWords).filter { !$0.isEmpty }
    if right.isEmpty { right = [[]] }
    questionCount += 1
    exactSum += right.contains(predicted) ? 1 : 0
    f1Sum += right.map { wordF1(predicted, $0) }.max() ?? 0
  }

  /// The share of the questions that are answered word for word.
  public var exactMatch: Double { questionCount == 0 ? 0 : exactSum / Double(questionCount) }

  /// The mean F1 of the words of the answers.
  public var f1: Double { questionCount == 0 ? 0 : f1Sum / Double(questionCount) }
}

/// The words of an answer in small letters, without punctuation and articles.
func answerWords(_ text: String) -> [Substring] {
  var plain = String.UnicodeScalarView()
  for scalar in text.lowercased().unicodeScalars where !scalar.isASCIIPunctuation {
    plain.append(scalar)
  }
  // Articles are runs of letters and digits, which may stand within what has no blanks: "l’a".
  var kept = String.UnicodeScalarView()
  var rest = plain[...]
  while let first = rest.first {
    let isWord = first.isAlphanumeric
    let run = rest.prefix { $0.isAlphanumeric == isWord }
    kept.append(
      contentsOf: ["a", "an", "the"].contains(Substring(run)) ? " "[...].unicodeScalars : run)
    rest = rest.dropFirst(run.count)
  }
  return String(kept).unicodeScalars.split(whereSeparator: \.isPythonSpace).map { Substring($0) }
}

private func wordF1(_ predicted: [Substring], _ right: [Substring]) -> Double {
  guard !predicted.isEmpty, !right.isEmpty else { return predicted == right ? 1 : 0 }
  var left: [Substring: Int] = [:]
  for word in right { left[word, default: 0] += 1 }
  let common = predicted.count { word in
    guard let count = left[word], count > 0 else { return false }
    left[word] = count - 1
    return true
  }
  return share(2 * common, of: predicted.count + right.count)
}

extension Unicode.Scalar {
  fileprivate var isASCIIPunctuation: Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }

  /// What the script's expressions take as a character of a word.
  fileprivate var isAlphanumeric: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }

  /// What the script splits at: white space, and the four separators of information.
  fileprivate var isPythonSpace: Bool {
    properties.isWhitespace || 0x1C...0x1F ~= value
  }
}
