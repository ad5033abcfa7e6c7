import ApusFiles
import ApusTensors

/// Sound, what a network makes of it, and the words that come out, one below the other.
public struct SpeechPicture: Sendable {
  /// What the network heard: [T, C], low frequencies first.
  public let features: Tensor
  /// The probability of each symbol at each element: [M, V].
  public let posteriors: Tensor
  /// The names of the symbols.
  public let symbols: [String]
  public let transcript: Transcript

  /// The most columns and rows of a heat map; larger ones are shown by means.
  private static let most = (columns: 400, rows: 48)
  private static let size = (width: 900, spectrum: 180, row: 14, left: 40, margin: 12)
  /// Symbols that are never more probable than this are not shown.
  private static let leastProbability: Float = 0.1

  /// The picture: features and posteriors the darker the more, words with their beginnings and ends.
  public var svg: String {
    let size = Self.size
    let shown = shownSymbols
    let spectrumTop = size.margin
    let posteriorTop = spectrumTop + size.spectrum + size.margin
    let wordTop = posteriorTop + size.row * shown.count + size.margin
    let height = wordTop + 3 * size.row + size.margin
    let across = size.left + size.width + size.margin
    var lines = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(across)" height="\(height)" \
      viewBox="0 0 \(across) \(height)" font-family="monospace" font-size="12" fill="#333">
      """, "<rect width=\"\(across)\" height=\"\(height)\" fill=\"#fff\"/>",
    ]
    lines += heatMap(
      HeatMap(features, columns: Self.most.columns, rows: Self.most.rows).normalized,
      y: spectrumTop, height: size.spectrum, color: "#222")
    let columns = posteriors.transposed().gathered(shown.map(Int32.init)).transposed()
    lines += heatMap(
      HeatMap(columns, columns: Self.most.columns, rows: shown.count).flipped, y: posteriorTop,
      height: size.row * shown.count, color: "#1f4e9c")
    for (row, symbol) in shown.enumerated() {
      let y = posteriorTop + size.row * row + size.row - 3
      lines.append(
        "<text x=\"\(size.left - 6)\" y=\"\(y)\" text-anchor=\"end\">"
          + "\(symbols[symbol].escapedForXML)</text>")
    }
    lines += words(y: wordTop)
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  private var shownSymbols: [Int] {
    guard posteriors.rowCount > 0 else { return [] }
    let greatest = posteriors.max(axis: 0).values.floatElements
    return greatest.indices.filter { greatest[$0] >= Self.leastProbability }
  }

  private func words(y: Int) -> [String] {
    let scale = Double(Self.size.width) / max(transcript.duration, 1e-9)
    func place(_ seconds: Double) -> Double {
      (10 * (Double(Self.size.left) + seconds * scale)).rounded() / 10
    }
    return transcript.words.enumerated().flatMap { index, word in
      let (start, end) = (place(word.start), place(word.end))
      let text = y + Self.size.row * (2 + index % 2)
      return [
        "<rect x=\"\(start)\" y=\"\(y)\" width=\"\(max(1, end - start))\" height=\"6\""
          + " fill=\"#c0392b\"/>",
        "<text x=\"\(start)\" y=\"\(text)\">\(word.text.escapedForXML)</text>",
      ]
    }
  }

  private func heatMap(_ map: HeatMap, y: Int, height: Int, color: String) -> [String] {
    let width = Double(Self.size.width) / Double(max(1, map.columns))
    let rowHeight = Double(height) / Double(max(1, map.rows))
    func short(_ value: Double) -> Double { (100 * value).rounded() / 100 }
    var lines: [String] = []
    for column in 0..<map.columns {
      for row in 0..<map.rows {
        let opacity = short(Double(map.values[column * map.rows + row]))
        guard opacity > 0.02 else { continue }
        let x = short(Double(Self.size.left) + width * Double(column))
        // The first row is the lowest.
        let top = short(Double(y) + rowHeight * Double(map.rows - 1 - row))
        lines.append(
          "<rect x=\"\(x)\" y=\"\(top)\" width=\"\(short(width + 0.2))\""
            + " height=\"\(short(rowHeight + 0.2))\" fill=\"\(color)\" fill-opacity=\"\(opacity)\"/>"
        )
      }
    }
    return lines
  }
}

/// A matrix in at most so many cells, column by column.
private struct HeatMap {
  let columns, rows: Int
  var values: [Float]

  /// - Parameters:
  ///   - matrix: [T, C]
  ///   - most: The most columns.
  ///   - mostRows: The most rows.
  init(_ matrix: Tensor, columns most: Int, rows mostRows: Int) {
    let (count, width) = (matrix.rowCount, matrix.columnCount)
    let (columns, rows) = (min(most, count), min(mostRows, width))
    self.columns = columns
    self.rows = rows
    let source = matrix.floatElements
    values = (0..<columns * rows).map { cell in
      let (column, row) = cell.quotientAndRemainder(dividingBy: rows)
      let frames =
        column * count / columns..<max(column * count / columns + 1, (column + 1) * count / columns)
      let bins = row * width / rows..<max(row * width / rows + 1, (row + 1) * width / rows)
      let sum = frames.reduce(Float(0)) { sum, frame in
        bins.reduce(sum) { $0 + source[frame * width + $1] }
      }
      return sum / Float(frames.count * bins.count)
    }
  }

  /// From 0 for the least to 1 for the most, without the hundredths at both ends.
  var normalized: HeatMap {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last, first < last else { return self }
    let low = sorted[sorted.count / 100]
    let high = sorted[sorted.count - 1 - sorted.count / 100]
    var map = self
    map.values = values.map { min(1, max(0, ($0 - low) / max(high - low, .leastNormalMagnitude))) }
    return map
  }

  /// With the first row on top.
  var flipped: HeatMap {
    var map = self
    map.values = values.indices.map { cell in
      let (column, row) = cell.quotientAndRemainder(dividingBy: rows)
      return values[column * rows + rows - 1 - row]
    }
    return map
  }
}
