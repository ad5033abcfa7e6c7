import ApusFiles
import ApusTensors

/// The weights that a model gives the tokens of a source, at each token that it writes.
public struct AttentionMap: Sendable {
  /// The columns.
  public let sources: [String]
  /// The rows.
  public let targets: [String]
  /// [targets, sources], each row with the sum 1.
  public let weights: Tensor

  public init(sources: [String], targets: [String], weights: Tensor) {
    precondition(
      weights.shape == [targets.count, sources.count],
      "AttentionMap: expected [\(targets.count), \(sources.count)], got \(weights.shape)")
    self.sources = sources
    self.targets = targets
    self.weights = weights
  }

  /// A heat map: a square for each weight, the darker the more.
  public var svg: String {
    let (cell, margin, character) = (24, 12, 8)
    func width(_ names: [String]) -> Int {
      character * (names.map { min(Self.longestName, $0.count) }.max() ?? 0) + margin
    }
    let (left, top) = (width(targets) + margin, width(sources) + margin)
    let (across, down) = (left + cell * sources.count + margin, top + cell * targets.count + margin)
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(across)" height="\(down)" \
      viewBox="0 0 \(across) \(down)" font-family="monospace" font-size="13" fill="#333">
      """, "<rect width=\"\(across)\" height=\"\(down)\" fill=\"#fff\"/>",
    ]
    for (column, name) in sources.enumerated() {
      let x = left + cell * column + cell / 2 + 4
      lines.append(
        "<text transform=\"translate(\(x) \(top - 6)) rotate(-90)\">\(String(name.prefix(Self.longestName)).escapedForXML)</text>"
      )
    }
    let values = weights.floatElements
    for (row, name) in targets.enumerated() {
      let y = top + cell * row
      lines.append(
        "<text x=\"\(left - 6)\" y=\"\(y + cell / 2 + 4)\" text-anchor=\"end\">"
          + "\(String(name.prefix(Self.longestName)).escapedForXML)</text>")
      for column in sources.indices {
        let weight = values[row * sources.count + column]
        let opacity = (Double(min(max(weight, 0), 1)) * 1000).rounded() / 1000
        lines.append(
          "<rect x=\"\(left + cell * column)\" y=\"\(y)\" width=\"\(cell)\" height=\"\(cell)\""
            + " fill=\"#1f4e9c\" fill-opacity=\"\(opacity)\" stroke=\"#ddd\"/>")
      }
    }
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  private static let longestName = 24
}
