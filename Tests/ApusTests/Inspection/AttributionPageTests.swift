import Apus
import ApusFiles
import Foundation
import Testing

@Suite struct AttributionPageTests {
  private let entry = AttributionPage.Entry(
    text: "Schön & gut", label: "<good>", probability: 0.93,
    tokens: [(0..<6, 0.5), (1..<3, 9), (7..<8, 0), (9..<12, -0.25)], error: 0.01,
    difference: 0.24)

  @Test func colorsAreSharesOfTheLargestScore() {
    var plain = entry
    plain.tokens.remove(at: 1)
    let html = AttributionPage(title: "a & b", entries: [plain]).html
    #expect(
      html.contains(
        "<span style=\"background:rgba(76,120,168,0.85)\" title=\"+0.5000\">Schön</span> "
          + "<span style=\"background:rgba(76,120,168,0.00)\" title=\"+0.0000\">&amp;</span> "
          + "<span style=\"background:rgba(228,87,86,0.43)\" title=\"-0.2500\">gut</span></p>"))
    #expect(html.contains("&lt;good&gt;, 93.0 % — change +0.240, error 0.010"))
    #expect(html.contains("<title>a &amp; b</title>"))
    #expect(!html.contains("http"))
  }

  /// A byte of a character that is a token of its own has no text to colour.
  @Test func tokensInsideOthersAreNotShownTwice() {
    let html = AttributionPage(title: "", entries: [entry]).html
    #expect(html.components(separatedBy: "<span").count == 4)
    guard case .object(let members) = entry.json,
      case .array(let tokens)? = members.first(where: { $0.key == "tokens" })?.value
    else {
      Issue.record("expected tokens")
      return
    }
    #expect(tokens.count == 4)
  }
}
