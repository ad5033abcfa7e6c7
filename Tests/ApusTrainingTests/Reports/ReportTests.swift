import ApusFiles
import Foundation
import FoundationXML
import Testing

@testable import ApusTraining

@Suite struct ReportTests {
  /// The elements of a document by name, with their attributes and texts; fails for bad XML.
  private final class Elements: NSObject, XMLParserDelegate {
    var found: [(name: String, attributes: [String: String], text: String)] = []

    init(_ text: String) {
      super.init()
      let parser = XMLParser(data: Data(text.utf8))
      parser.delegate = self
      #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      found.append((name, attributes, ""))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      guard !found.isEmpty else { return }
      found[found.count - 1].text += text
    }

    func texts(of name: String) -> [String] {
      found.filter { $0.name == name }.map {
        $0.text.trimmingCharacters(in: .whitespacesAndNewlines)
      }
    }
  }

  @Test func confusionsAreSharesOfTrueClasses() {
    let picture = ConfusionPicture(
      title: "test <1>", labels: ["a&b", "c"], counts: [[3, 1], [0, 0], [0, 0]])
    let elements = Elements(picture.svg)
    let squares = elements.found.filter { $0.attributes["stroke"] == "#ddd" }
    #expect(squares.map { $0.attributes["fill-opacity"] } == ["0.750", "0.250", "0.000", "0.000"])
    #expect(elements.texts(of: "title").first == "a&b as a&b: 3 of 4")
    #expect(elements.texts(of: "text").contains("test <1>"))
    #expect(elements.texts(of: "text").suffix(6) == ["a&b", "3", "1", "c", "0", "0"])
    let others = ConfusionPicture(
      title: "", labels: ["a", "b"], counts: [[1, 0], [0, 1], [2, 0]])
    #expect(Elements(others.svg).texts(of: "text").contains("(others)"))
  }

  @Test func manyClassesShowNoNumbers() {
    let labels = (0..<50).map { "class \($0)" }
    let counts = labels.indices.map { row in labels.indices.map { $0 == row ? 7 : 0 } }
    let elements = Elements(ConfusionPicture(title: "t", labels: labels, counts: counts).svg)
    #expect(elements.texts(of: "text").count == 2 + 100)
    #expect(elements.texts(of: "title").count == 2500)
  }

  @Test func curvesShowTheCalibrationError() {
    var score = CalibrationScore(binCount: 5)
    for index in 0..<10 { score.add(confidence: 0.7, isRight: index < 5) }
    for _ in 0..<30 { score.add(confidence: 0.9, isRight: true) }
    let picture = ReliabilityPicture(title: "dev", score)
    let elements = Elements(picture.svg)
    // 0.25 · 0.2 + 0.75 · 0.1
    #expect(elements.texts(of: "text").contains("calibration error 0.1250"))
    #expect(elements.texts(of: "text").contains("40 predictions"))
    #expect(elements.found.filter { $0.attributes["fill-opacity"] != nil }.count == 2)
    #expect(elements.found.filter { $0.name == "circle" }.count == 2)
    // Also without any prediction.
    _ = Elements(ReliabilityPicture(title: "none", CalibrationScore()).svg)
  }

  @Test func cardsSayHowAModelWasMade() throws {
    var card = ModelCard(title: "Films", summary: "Tells good from bad.")
    card.data = [
      ModelCard.Source(
        use: "training", path: "a|b.tsv", exampleCount: 4,
        labels: [(name: "bad", count: 1), (name: "good", count: 3)])
    ]
    card.settings = [("rate", "2e-5")]
    card.results = [ModelCard.Result(task: "films", data: "dev", metric: "accuracy", value: 0.9)]
    card.limits = ["English alone."]
    card.command = "apus finetune tasks.yaml --seed 7"
    card.seed = 7
    #expect(
      card.markdown == """
        # Films

        Tells good from bad.

        ## Data

        | use | file | examples |
        | --- | --- | --- |
        | training | a\\|b.tsv | 4 |

        Labels of a|b.tsv (training): good 3 (75.0 %), bad 1 (25.0 %).

        ## Settings

        | setting | value |
        | --- | --- |
        | rate | 2e-5 |

        ## Results

        | task | data | metric | value |
        | --- | --- | --- | --- |
        | films | dev | accuracy | 0.9000 |

        ## Limits

        - English alone.

        ## How it was made

        ```sh
        apus finetune tasks.yaml --seed 7
        ```

        Seed: 7

        """)
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "apus-card-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try card.write(to: directory.path)
    #expect(
      try String(contentsOf: directory.appending(path: "README.md"), encoding: .utf8)
        == card.markdown)
    let path = directory.appending(path: "p.jsonl").path
    var lines = try JSONLinesFile(path)
    try lines.append(.object([("label", .string("a\nb")), ("confidence", .number(0.5))]))
    try lines.append(.object([]))
    try lines.commit()
    #expect(
      try String(contentsOfFile: path, encoding: .utf8)
        == "{\"label\": \"a\\nb\", \"confidence\": 0.5}\n{}\n")
  }
}
