import ApusFiles
import Foundation

/// How far confidences come true, drawn as a reliability curve in SVG.
///
/// - Source: the diagrams of Guo et al. 2017.
public struct ReliabilityPicture: Sendable {
  public let title: String
  public let calibration: CalibrationScore

  public init(title: String, _ calibration: CalibrationScore) {
    self.title = title
    self.calibration = calibration
  }

  /// The accuracy over the confidence, 800 × 480, with a bar a bin, the darker the more of all
  /// predictions it holds, and the diagonal, on which all confidences come true.
  public var svg: String {
    let axis = PlotAxis(showing: 0...1, tickCount: 10)
    let plot = Plot(xAxis: axis, yAxis: axis)
    let bins = calibration.bins
    let total = bins.reduce(0) { $0 + $1.count }
    let most = bins.map(\.count).max() ?? 0
    let filled = bins.filter { $0.count > 0 }
    let bars = bins.enumerated().filter { $0.element.count > 0 }.map { index, bin in
      let places = Double(index) / Double(bins.count)...Double(index + 1) / Double(bins.count)
      let opacity = 0.1 + 0.6 * Double(bin.count) / Double(max(1, most))
      return plot.bar(places, height: bin.accuracy, color: Self.barColor, opacity: opacity)
    }
    return plot.document(
      [plot.frame(title: title, x: "confidence", y: "share that is right")] + bars + [
        plot.line([(0, 0), (1, 1)], color: "#999"),
        plot.line(
          filled.map { ($0.confidence, $0.accuracy) }, color: Self.lineColor, hasDots: true),
        plot.legend(
          [
            ("\(total) predictions", Self.barColor),
            (
              String(format: "calibration error %.4f", calibration.expectedError), Self.lineColor
            ),
          ], isLeft: true),
      ])
  }

  /// Writes the picture as a whole or not at all.
  public func write(to path: String) throws { try writeAtomically(svg, to: path) }

  private static let barColor = "#4c78a8"
  private static let lineColor = "#e45756"
}
