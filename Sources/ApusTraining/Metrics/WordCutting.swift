/// How text is cut into words before its n-grams are counted.
public enum WordCutting: String, Sendable, Hashable, CaseIterable {
  /// The tokenization of NIST's mteval-v13a, as in sacrebleu.
  case mteval13a = "13a"
  /// At white space alone.
  case none

  /// The words of a line.
  func words(of line: String) -> [Substring] {
    switch self {
    case .mteval13a: wordsOfMteval13a(line)
    case .none: plainWords(Substring(line))
    }
  }
}

/// The words of a line that white space parts.
///
/// White space is that of Unicode with the four separators from U+001C on, as Python splits.
func plainWords(_ line: Substring) -> [Substring] {
  line.unicodeScalars.split(whereSeparator: \.isBlank).map(Substring.init)
}

extension Unicode.Scalar {
  var isBlank: Bool { properties.isWhitespace || 0x1C...0x1F ~= value }
  fileprivate var isDigit: Bool { "0"..."9" ~= self }
  fileprivate var isStop: Bool { self == "." || self == "," }

  /// ASCII punctuation without apostrophe, comma, hyphen and full stop.
  fileprivate var isPunctuation: Bool {
    switch self {
    case " "..."&", "("..."+", "/", ":"..."@", "["..."`", "{"..."~": true
    default: false
    }
  }
}

/// mteval-v13a: entities are resolved, punctuation stands apart; full stops and commas only where no
/// digit stands on that side, hyphens only after digits.
private func wordsOfMteval13a(_ line: String) -> [Substring] {
  var scalars = Array(line.unicodeScalars)
  for (name, text) in [("<skipped>", ""), ("-\n", "")] { scalars.replace(name, with: text) }
  if scalars.contains("&") {
    for (name, text) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
      scalars.replace(name, with: text)
    }
  }
  scalars = [" "] + scalars + [" "]
  scalars = scalars.flatMap { $0.isPunctuation ? [" ", $0, " "] : [$0] }
  scalars = scalars.rewritingPairs {
    !$0.isDigit && $1.isStop
  } as: {
    [$0, " ", $1, " "]
  }
  scalars = scalars.rewritingPairs {
    $0.isStop && !$1.isDigit
  } as: {
    [" ", $0, " ", $1]
  }
  scalars = scalars.rewritingPairs {
    $0.isDigit && $1 == "-"
  } as: {
    [$0, " ", $1, " "]
  }
  var text = String.UnicodeScalarView()
  text.append(contentsOf: scalars)
  return plainWords(Substring(String(text)))
}

extension [Unicode.Scalar] {
  fileprivate mutating func replace(_ name: String, with text: String) {
    replace(Array(name.unicodeScalars), with: Array(text.unicodeScalars))
  }

  /// Replaces pairs of neighbours from left to right; none overlaps another.
  fileprivate func rewritingPairs(
    where matches: (Element, Element) -> Bool, as form: (Element, Element) -> [Element]
  ) -> [Element] {
    var result: [Element] = []
    var index = 0
    while index < count {
      if index + 1 < count, matches(self[index], self[index + 1]) {
        result += form(self[index], self[index + 1])
        index += 2
      } else {
        result.append(self[index])
        index += 1
      }
    }
    return result
  }
}
