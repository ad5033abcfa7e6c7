import ApusFiles
import Foundation

/// How often each class was predicted for examples of each class, drawn as a table in SVG.
public struct ConfusionPicture: Sendable {
  public let title: String
  public let labels: [String]
  /// [true][predicted]; of more rows than labels, the last stands for all classes that the model
  /// does not know, as in `ClassificationScore`.
  public let counts: [[Int]]

  public init(title: String, labels: [String], counts: [[Int]]) {
    precondition(
      labels.count...labels.count + 1 ~= counts.count
        && counts.allSatisfy { $0.count == labels.count },
      "ConfusionPicture: expected a row and a column for each of \(labels.count) labels")
    self.title = title
    self.labels = labels
    self.counts = counts
  }

  public init(title: String, labels: [String], _ score: ClassificationScore) {
    self.init(title: title, labels: labels, counts: score.counts)
  }

  /// A square for each pair of classes, the darker the larger its share of the true class.
  ///
  /// Up to 30 classes the squares hold their counts; of more, counts are shown under the pointer.
  public var svg: String {
    let rows = shownRows
    let isLarge = labels.count > Self.mostNumberedLabels
    let (cell, margin, character) = (isLarge ? 14 : 44, 16, 8)
    let names = rows.map(\.name)
    let nameWidth = character * (names.map { min(Self.longestName, $0.count) }.max() ?? 0) + margin
    let (left, top) = (nameWidth + 24, nameWidth + 56)
    let across = left + cell * labels.count + margin
    let down = top + cell * rows.count + margin
    let width = max(across, 260)
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(down)" \
      viewBox="0 0 \(width) \(down)" font-family="sans-serif" font-size="13" fill="#333">
      """, "<rect width=\"\(width)\" height=\"\(down)\" fill=\"#fff\"/>",
      "<text x=\"\(margin)\" y=\"24\" font-size=\"16\">\(title.escapedForXML)</text>",
      "<text x=\"\(margin)\" y=\"42\" fill=\"#777\">rows: true, columns: predicted</text>",
    ]
    for (column, label) in labels.enumerated() {
      let x = left + cell * column + cell / 2 + 4
      lines.append(
        "<text transform=\"translate(\(x) \(top - 6)) rotate(-90)\">\(Self.short(label))</text>")
    }
    for (place, row) in rows.enumerated() {
      let y = top + cell * place
      lines.append(
        "<text x=\"\(left - 6)\" y=\"\(y + cell / 2 + 4)\" text-anchor=\"end\">"
          + "\(Self.short(row.name))</text>")
      let total = row.counts.reduce(0, +)
      for (column, count) in row.counts.enumerated() {
        let share = total == 0 ? 0 : Double(count) / Double(total)
        let hint = "\(row.name) as \(labels[column]): \(count) of \(total)"
        lines.append(
          "<rect x=\"\(left + cell * column)\" y=\"\(y)\" width=\"\(cell)\" height=\"\(cell)\""
            + " fill=\"#1f4e9c\" fill-opacity=\"\(String(format: "%.3f", share))\" stroke=\"#ddd\">"
            + "<title>\(hint.escapedForXML)</title></rect>")
        guard !isLarge else { continue }
        lines.append(
          "<text x=\"\(left + cell * column + cell / 2)\" y=\"\(y + cell / 2 + 4)\""
            + " text-anchor=\"middle\" fill=\"\(share > 0.5 ? "#fff" : "#333")\">\(count)</text>")
      }
    }
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  /// Writes the picture as a whole or not at all.
  public func write(to path: String) throws { try writeAtomically(svg, to: path) }

  /// The rows with their names; that of unknown classes only if it has examples.
  private var shownRows: [(name: String, counts: [Int])] {
    zip(labels + ["(others)"], counts).enumerated().compactMap { index, row in
      index < labels.count || row.1.contains { $0 > 0 } ? row : nil
    }
  }

  private static let longestName = 24
  private static let mostNumberedLabels = 30

  private static func short(_ name: String) -> String {
    String(name.prefix(longestName)).escapedForXML
  }
}
