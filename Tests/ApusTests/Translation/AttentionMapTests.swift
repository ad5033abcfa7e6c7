import Apus
import ApusTensors
import Testing

@Suite struct AttentionMapTests {
  @Test func pictureHasASquareForEachWeightAndEscapesNames() {
    let map = AttentionMap(
      sources: ["<s>", "a&b", "\u{1}"], targets: ["x", "</s>"],
      weights: Tensor([0.5, 0.25, 0.25, 0, 0, 1] as [Float], [2, 3]))
    let svg = map.svg
    // The ground, and one for each weight.
    #expect(svg.split(separator: "<rect").count - 1 == 7)
    #expect(svg.split(separator: "</text>").count - 1 == 5)
    for part in ["&lt;s&gt;", "a&amp;b", "\u{FFFD}", "fill-opacity=\"0.25\""] {
      #expect(svg.contains(part), "\(part)")
    }
    #expect(!svg.contains("\u{1}") && !svg.contains("<s>"))
  }
}
