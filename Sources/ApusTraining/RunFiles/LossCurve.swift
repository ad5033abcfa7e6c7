import ApusFiles
import Foundation

/// The losses of a run over its steps, drawn as a picture in SVG.
public struct LossCurve: Sendable {
  public struct Point: Equatable, Sendable {
    public var step: Int
    public var loss: Double
  }

  public let title: String
  /// The loss of each step; those that are not finite or absurd are left out.
  public private(set) var training: [Point] = []
  /// The loss of each validation.
  public private(set) var validation: [Point] = []

  public init(title: String) { self.title = title }

  /// A curve of what a log holds under `loss` and `validation_loss`.
  public init(title: String, _ records: [MetricsLog.Record]) {
    self.init(title: title)
    for record in records {
      if let loss = record.values["loss"] { addTraining(step: record.step, loss: loss) }
      if let loss = record.values["validation_loss"] {
        addValidation(step: record.step, loss: loss)
      }
    }
  }

  public mutating func addTraining(step: Int, loss: Double) {
    if Self.isDrawable(loss) { training.append(Point(step: step, loss: loss)) }
  }

  public mutating func addValidation(step: Int, loss: Double) {
    if Self.isDrawable(loss) { validation.append(Point(step: step, loss: loss)) }
  }

  /// The picture, 800 × 480.
  ///
  /// - Parameter logarithmic: Whether the loss has a logarithmic axis, if all losses are positive.
  /// - Returns: An SVG document, with axes alone if there are no points.
  public func svg(logarithmic: Bool = false) -> String {
    let smoothed = averaged(training)
    let losses = (smoothed + validation).map(\.loss)
    let steps = (smoothed + validation).map { Double($0.step) }
    let (least, greatest) = (losses.min() ?? 0, losses.max() ?? 1)
    let xAxis = PlotAxis(showing: 0...max(10, steps.max() ?? 10), tickCount: 8)
    let yAxis = PlotAxis(
      showing: least...greatest, tickCount: 6, isLogarithmic: logarithmic && least > 1e-100)
    let plot = Plot(xAxis: xAxis, yAxis: yAxis)
    func places(_ points: [Point]) -> [(x: Double, y: Double)] {
      points.map { (Double($0.step), $0.loss) }
    }
    var parts = [
      plot.frame(title: title, x: "step", y: "loss (nats)"),
      plot.line(places(smoothed), color: Self.trainingColor),
      plot.line(places(validation), color: Self.validationColor, hasDots: true),
    ]
    var legend: [(String, String)] = []
    if let last = training.last {
      legend.append(("training, last \(Self.rounded(last.loss))", Self.trainingColor))
    }
    if let best = validation.map(\.loss).min() {
      legend.append(("validation, best \(Self.rounded(best))", Self.validationColor))
    }
    parts.append(plot.legend(legend))
    return plot.document(parts)
  }

  /// Writes the picture as a whole or not at all.
  public func write(to path: String, logarithmic: Bool = false) throws {
    try writeAtomically(svg(logarithmic: logarithmic), to: path)
  }

  /// Losses this far off belong to runs that broke; their axis would not fit into a Double.
  private static func isDrawable(_ loss: Double) -> Bool { loss.magnitude < 1e100 }

  private static let trainingColor = "#4c78a8"
  private static let validationColor = "#e45756"

  private static func rounded(_ loss: Double) -> String { String(format: "%.4g", loss) }

  /// Means of neighbouring points, so that long runs make no large files: at most one point for two
  /// pixels.
  private func averaged(_ points: [Point]) -> [Point] {
    let size = max(1, (points.count + 359) / 360)
    return stride(from: 0, to: points.count, by: size).map { start in
      let group = points[start..<min(start + size, points.count)]
      let loss = group.reduce(0) { $0 + $1.loss / Double(group.count) }
      return Point(step: group.reduce(0) { $0 + $1.step } / group.count, loss: loss)
    }
  }
}
