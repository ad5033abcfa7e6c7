import ApusFiles
import Foundation

extension SenseComparison {
  private static let (width, height, margin, header) = (400.0, 340.0, 40.0, 64.0)
  private static let colors = ["#4c78a8", "#e45756", "#54a24b", "#b279a2", "#f58518", "#72b7b2"]

  /// A panel for each kind of vectors with a dot for each occurrence, coloured by its sense, in SVG.
  ///
  /// A dot tells its sentence when it is pointed at.
  public var svg: String {
    let width = Self.width * Double(results.count)
    let senses = examples.map(\.sense).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    func color(_ sense: String) -> String {
      Self.colors[(senses.firstIndex(of: sense) ?? 0) % Self.colors.count]
    }
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.number(width))" \
      height="\(Self.number(Self.height + Self.header))" font-family="sans-serif" font-size="13" \
      fill="#333">
      <rect width="100%" height="100%" fill="#fff"/>
      <text x="\(Self.number(Self.margin))" y="24" font-size="16">“\(word.escapedForXML)”</text>
      """
    ]
    for (index, sense) in senses.enumerated() {
      let x = Self.margin + 100 + 110 * Double(index)
      parts.append(
        "<circle cx=\"\(Self.number(x))\" cy=\"19\" r=\"5\" fill=\"\(color(sense))\"/>"
          + "<text x=\"\(Self.number(x + 10))\" y=\"24\">\(sense.escapedForXML)</text>")
    }
    for (index, result) in results.enumerated() {
      parts += panel(result, left: Self.width * Double(index), color)
    }
    return (parts + ["</svg>", ""]).joined(separator: "\n")
  }

  private func panel(
    _ result: Result, left: Double, _ color: (String) -> String
  ) -> [String] {
    let size = (Self.width - 2 * Self.margin, Self.height - 2 * Self.margin)
    // Both axes have one scale, so that distances are what they look like.
    let reach = result.places.reduce(1e-9) { max($0, abs($1.x), abs($1.y)) } * 1.1
    let scale = min(size.0, size.1) / 2 / reach
    let centre = (left + Self.width / 2, Self.header + Self.height / 2)
    let name = result.name.split(separator: "/").last.map(String.init) ?? result.name
    let cosines = String(
      format: "cosine within senses %.2f, between %.2f", result.within, result.between)
    var parts = [
      """
      <rect x="\(Self.number(left + Self.margin))" y="\(Self.number(Self.header + Self.margin))" \
      width="\(Self.number(size.0))" height="\(Self.number(size.1))" fill="none" stroke="#ddd"/>
      <text x="\(Self.number(left + Self.margin))" y="\(Self.number(Self.header + 12))">\
      \(name.escapedForXML)</text>
      <text x="\(Self.number(left + Self.margin))" y="\(Self.number(Self.header + 30))">\
      \(cosines)</text>
      """
    ]
    for (place, example) in zip(result.places, examples) {
      parts.append(
        "<circle cx=\"\(Self.number(centre.0 + scale * place.x))\""
          + " cy=\"\(Self.number(centre.1 - scale * place.y))\" r=\"5\""
          + " fill=\"\(color(example.sense))\" fill-opacity=\"0.8\"><title>"
          + "\(example.sentence.escapedForXML)</title></circle>")
    }
    return parts
  }

  private static func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
