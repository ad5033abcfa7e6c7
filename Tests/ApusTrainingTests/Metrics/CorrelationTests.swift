import ApusTraining
import Foundation
import Testing

@Suite struct CorrelationTests {
  /// What SciPy finds, from Tests/Peers/metrics/make_correlations.py.
  private struct Golden: Decodable {
    struct Case: Decodable {
      let name: String
      let first, second, ranks: [Double]
      let pearson, spearman: Double
    }
    let cases: [Case]
  }

  @Test func correlationsAreSciPys() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/correlations.json")
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    #expect(golden.cases.count == 8)
    for golden in golden.cases {
      let pearson = Correlation.pearson(golden.first, golden.second)
      let spearman = Correlation.spearman(golden.first, golden.second)
      #expect(abs(pearson - golden.pearson) < 1e-9, "\(golden.name): Pearson \(pearson)")
      #expect(abs(spearman - golden.spearman) < 1e-12, "\(golden.name): Spearman \(spearman)")
      #expect(Correlation.ranks(golden.second) == golden.ranks, "\(golden.name)")
    }
  }

  @Test func seriesThatNeverChangeHaveNone() {
    // A mean of 0.1 is not 0.1 in each sum of it.
    let constant = [Double](repeating: 0.1, count: 7)
    #expect(Correlation.pearson(constant, [1, 2, 3, 4, 5, 6, 7]).isNaN)
    #expect(Correlation.spearman([1, 2, 3, 4, 5, 6, 7], constant).isNaN)
    #expect(Correlation.pearson([1], [2]).isNaN)
    #expect(Correlation.spearman([], []).isNaN)
  }
}
