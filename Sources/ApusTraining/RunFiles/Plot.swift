import ApusFiles
import Foundation

/// Two axes and what is drawn between them, as elements of SVG.
struct Plot {
  let xAxis, yAxis: PlotAxis

  private static let (width, height) = (800.0, 480.0)
  private static let (left, right, top, bottom) = (72.0, 24.0, 48.0, 56.0)

  func document(_ parts: [String]) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="800" height="480" viewBox="0 0 800 480" \
    font-family="sans-serif" font-size="13" fill="#333">
    <rect width="800" height="480" fill="#fff"/>
    \(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
    </svg>

    """
  }

  /// Grid, ticks, title and what the axes show.
  func frame(title: String, x xName: String, y yName: String) -> String {
    let (start, end) = (Self.left, Self.width - Self.right)
    let base = Self.height - Self.bottom
    var lines: [String] = []
    for tick in yAxis.ticks {
      let y = y(tick)
      lines.append(segment(start, y, end, y, "#ddd"))
      lines.append(text(start - 8, y + 4, yAxis.label(of: tick), anchor: "end"))
    }
    for tick in xAxis.ticks {
      let x = x(tick)
      lines.append(segment(x, base, x, base + 5, "#333"))
      lines.append(text(x, base + 20, xAxis.label(of: tick), anchor: "middle"))
    }
    lines.append(segment(start, base, end, base, "#333"))
    lines.append(segment(start, Self.top, start, base, "#333"))
    lines.append(text((start + end) / 2, Self.height - 14, xName, anchor: "middle"))
    let middle = number((Self.top + base) / 2)
    lines.append(
      "<text transform=\"translate(20 \(middle)) rotate(-90)\" text-anchor=\"middle\">"
        + "\(yName.escapedForXML)</text>")
    lines.append(text(start, 28, title, anchor: "start", attributes: " font-size=\"16\""))
    return lines.joined(separator: "\n")
  }

  /// A line through points, which stand alone as dots where there is one only.
  func line(_ points: [(x: Double, y: Double)], color: String, hasDots: Bool = false) -> String {
    let places = points.map { (number(x($0.x)), number(y($0.y))) }
    let path = places.map { "\($0.0),\($0.1)" }.joined(separator: " ")
    var parts: [String] = []
    if places.count > 1 {
      parts.append(
        "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.5\""
          + " stroke-linejoin=\"round\"/>")
    }
    if places.count == 1 || hasDots && places.count <= 120 {
      parts += places.map {
        "<circle cx=\"\($0.0)\" cy=\"\($0.1)\" r=\"3\" fill=\"\(color)\"/>"
      }
    }
    return parts.joined(separator: "\n")
  }

  /// A bar between two places of the x axis, from the foot of the picture to a height.
  func bar(_ places: ClosedRange<Double>, height: Double, color: String, opacity: Double) -> String
  {
    let (left, right) = (x(places.lowerBound), x(places.upperBound))
    let (foot, top) = (Self.height - Self.bottom, y(height))
    return "<rect x=\"\(number(left))\" y=\"\(number(top))\" width=\"\(number(right - left))\""
      + " height=\"\(number(foot - top))\" fill=\"\(color)\" stroke=\"\(color)\""
      + " fill-opacity=\"\(String(format: "%.2f", opacity))\"/>"
  }

  /// Names and colours of the lines, in the upper right corner, where falling curves are not, or in
  /// the left one, where rising curves are not.
  func legend(_ entries: [(name: String, color: String)], isLeft: Bool = false) -> String {
    entries.enumerated().map { index, entry in
      let y = Self.top + 16 + 20 * Double(index)
      let x = isLeft ? Self.left + 16 : Self.width - Self.right - 190
      return "<rect x=\"\(number(x))\" y=\"\(number(y - 9))\" width=\"14\" height=\"8\""
        + " fill=\"\(entry.color)\"/>\n" + text(x + 22, y, entry.name, anchor: "start")
    }.joined(separator: "\n")
  }

  private func x(_ value: Double) -> Double {
    Self.left + xAxis.position(of: value) * (Self.width - Self.left - Self.right)
  }

  private func y(_ value: Double) -> Double {
    let base = Self.height - Self.bottom
    return base - yAxis.position(of: value) * (base - Self.top)
  }

  private func segment(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String
  ) -> String {
    "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\""
      + " stroke=\"\(color)\"/>"
  }

  private func text(
    _ x: Double, _ y: Double, _ content: String, anchor: String, attributes: String = ""
  ) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\"\(attributes)>"
      + "\(content.escapedForXML)</text>"
  }

  private func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
