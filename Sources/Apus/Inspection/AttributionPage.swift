import ApusFiles
import ApusModels
import Foundation

/// What answers about texts go by, token by token, as a page of HTML that needs no other file.
public struct AttributionPage: Sendable {
  /// A text and what its tokens or words have to do with an answer.
  public struct Entry: Sendable {
    public var text: String
    /// A label, a tag, the number of a candidate, or that it is the score.
    public var label: String
    /// The word that has the tag; nil for answers about whole texts.
    public var word: String?
    /// That of the label or choice; nil for a score or tag.
    public var probability: Float?
    /// The places of tokens in UTF-8 bytes of the text, with the score of each.
    public var tokens: [(range: Range<Int>, score: Float)]
    /// How far the scores are from adding up to what the text changes.
    public var error: Float
    /// The label's logit, or the score, for the text less that of a text without evidence.
    public var difference: Float

    public init(
      text: String, label: String, word: String? = nil, probability: Float?,
      tokens: [(range: Range<Int>, score: Float)], error: Float, difference: Float
    ) {
      self.text = text
      self.label = label
      self.word = word
      self.probability = probability
      self.tokens = tokens
      self.error = error
      self.difference = difference
    }

    /// A text with the scores of places, in UTF-8 bytes; special tokens, which are nowhere and have none,
    /// are left out.
    init(
      text: String, label: String, word: String? = nil, probability: Float?, _ places: [Range<Int>],
      _ attribution: Attribution
    ) {
      self.init(
        text: text, label: label, word: word, probability: probability,
        tokens: zip(places, attribution.scores).filter { !$0.isEmpty || $1 != 0 }.map { ($0, $1) },
        error: attribution.error, difference: attribution.output - attribution.baselineOutput)
    }

    public var json: JSONValue {
      let bytes = Array(text.utf8)
      return .object([
        ("text", .string(text)), ("label", .string(label)),
        ("word", word.map { .string($0) } ?? .null),
        ("probability", probability.map { .number(Double($0)) } ?? .null),
        ("difference", .number(Double(difference))), ("error", .number(Double(error))),
        (
          "tokens",
          .array(
            tokens.map { token in
              .object([
                ("text", .string(String(decoding: bytes[token.range], as: UTF8.self))),
                ("start", .integer(token.range.lowerBound)),
                ("end", .integer(token.range.upperBound)), ("score", .number(Double(token.score))),
              ])
            })
        ),
      ])
    }
  }

  public let title: String
  public let entries: [Entry]

  public init(title: String, entries: [Entry]) {
    self.title = title
    self.entries = entries
  }

  /// The page: blue for what speaks for the answer, red for what speaks against it, the stronger the
  /// larger its share of the largest score of the text.
  public var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <title>\(title.escapedForXML)</title>
    <style>
    body { font-family: sans-serif; margin: 2em auto; max-width: 50em; color: #333; }
    .text { line-height: 1.9; white-space: pre-wrap; }
    .text span { border-radius: 3px; padding: 2px 0; }
    .facts { color: #777; font-size: 0.85em; margin-bottom: 0; }
    </style>
    </head>
    <body>
    <h1>\(title.escapedForXML)</h1>
    <p class="facts">Integrated gradients: blue speaks for the answer, red against it. Scores add up to \
    the change of its logit or score from a text without evidence, but for the error.</p>
    \(entries.map(section).joined(separator: "\n"))
    </body>
    </html>

    """
  }

  /// Writes the page as a whole or not at all.
  public func write(to path: String) throws { try writeAtomically(html, to: path) }

  private func section(_ entry: Entry) -> String {
    let word = entry.word.map { " of “\($0.escapedForXML)”" } ?? ""
    let probability = entry.probability.map { String(format: ", %.1f %%", 100 * $0) } ?? ""
    let change = String(format: "change %+.3f, error %.3f", entry.difference, entry.error)
    let bytes = Array(entry.text.utf8)
    func text(_ range: Range<Int>) -> String {
      String(decoding: bytes[range], as: UTF8.self).escapedForXML
    }
    let most = entry.tokens.map { abs($0.score) }.max() ?? 0
    var place = 0
    var parts = ""
    // Tokens that stand inside one before, as bytes of a character do, are passed over.
    for token in entry.tokens where token.range.lowerBound >= place && !token.range.isEmpty {
      parts += text(place..<token.range.lowerBound)
      let color = token.score < 0 ? "228,87,86" : "76,120,168"
      let strength = String(format: "%.2f", most > 0 ? 0.85 * abs(token.score) / most : 0)
      let score = String(format: "%+.4f", token.score)
      parts +=
        "<span style=\"background:rgba(\(color),\(strength))\" title=\"\(score)\">"
        + "\(text(token.range))</span>"
      place = token.range.upperBound
    }
    parts += text(place..<bytes.count)
    return """
      <p class="facts">\(entry.label.escapedForXML)\(word)\(probability) — \(change)</p>
      <p class="text">\(parts)</p>
      """
  }
}
