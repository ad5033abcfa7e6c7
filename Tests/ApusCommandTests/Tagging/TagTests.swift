import Foundation
import Testing

@Suite struct TagTests {
  private let directory: TemporaryDirectory
  private let data, recipe: String

  init() throws {
    directory = try TemporaryDirectory()
    let names = ["Ann", "Bo", "Zoë", "Max"]
    data = try directory.write(
      (0..<40).map { number in
        "Hello UH O\n\(names[number % 4]) NN I-PER\n, , O\n"
          + "welcome VB O\nto TO O\nNew NN I-LOC\nYork NN I-LOC\n. . O\n\n"
      }.joined(), to: "train.txt")
    recipe = try directory.write(
      """
      model:
        kind: tagger
        wordSize: 10
        characterSize: 5
        spellingSize: 4
        hiddenSize: 8
        dropout: 0.1
      objective:
        kind: tagging
      optimizer:
        kind: adam
        learningRate: 0.02
      training:
        epochs: 10
        sequencesPerBatch: 4
      """, to: "small.yaml")
  }

  private func arguments(_ output: String, _ more: String...) -> [String] {
    [
      "train", "--recipe", recipe, "--data", data, "--validation", data, "--output",
      directory[output], "--threads", "1", "--quiet", "--precision", "fp32",
    ] + more
  }

  @Test func trainsMeasuresAndTags() throws {
    let trained = try Program.run(arguments("run"))
    #expect(trained.status == 0, "\(trained)")
    let model = directory["run/best"]
    let score = try Program.run("evaluate", model, "--data", data, "--json", "--threads", "1")
      .json()
    #expect(score["f1"] as? Double == 1 && score["accuracy"] as? Double == 1, "\(score)")
    #expect(score["precision"] as? Double == 1 && score["recall"] as? Double == 1)
    let types = try #require(score["types"] as? [String: [String: Any]])
    #expect(Set(types.keys) == ["PER", "LOC"] && types["LOC"]?["entities"] as? Int == 40)
    #expect(score["entities"] as? Int == 80 && score["unknown_tags"] == nil)

    let info = try Program.run("info", model, "--json").json()
    #expect(info["architecture"] as? String == "tagger" && info["scheme"] as? String == "IOBES")
    #expect(info["words"] as? Int == 11, "\(info)")
    #expect(try Program.run("doctor", model).status == 0)

    // Places are those of characters, whatever bytes they have.
    let text = "Hello Zoë, welcome to New York."
    let input = try directory.write("\(text)\n\n\(text) \(text)\n", to: "input.txt")
    let outcome = try Program.run("tag", model, "--input", input, "--json", "--threads", "1")
    #expect(outcome.status == 0 && outcome.lines.count == 3, "\(outcome)")
    let objects = try outcome.lines.map { line in
      try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: [[String: Any]]])
    }
    func places(_ line: Int) -> [String] {
      (objects[line]["entities"] ?? []).map {
        "\($0["type"] ?? "") \($0["text"] ?? "") \($0["start"] ?? "") \($0["end"] ?? "")"
      }
    }
    #expect(places(0) == ["PER Zoë 6 9", "LOC New York 22 30"])
    #expect(places(1).isEmpty && objects[1]["words"]?.isEmpty == true)
    #expect(
      places(2) == places(0) + ["PER Zoë 38 41", "LOC New York 54 62"])
    let words = try #require(objects[0]["words"])
    #expect(words.compactMap { $0["tag"] as? String }.prefix(3) == ["O", "S-PER", "O"])
    let plain = try Program.run(["tag", model, "--input", "-"], input: "\(text)\n")
    // A pipe is read once, from its beginning.
    let piped = try Program.run(["tag", model, "--input", "/dev/stdin"], input: "\(text)\n")
    #expect(piped.output == plain.output, "\(piped)")
    let columns = try directory.write(
      "-DOCSTART- -X- O\n\nHello UH O\nZoë NN O\n, , O\nwelcome VB O\nto TO O\nNew NN O\n"
        + "York NN O\n. . O\n\nHello UH O\nMax NN O\n", to: "columns.txt")
    let tagged = try Program.run("tag", model, "-i", columns, "--json", "--threads", "1")
    #expect(tagged.status == 0 && tagged.lines.count == 2, "\(tagged)")
    #expect(
      tagged.lines.first?.contains(#"{"end":31,"start":23,"text":"New York","type":"LOC"}"#)
        == true,
      "\(tagged)")
    #expect(try Program.run("tag", model, "-i", columns).lines.count == 10)
    let spelt = try Program.run("tag", model, "-i", columns, "--word-column", "2")
    #expect(spelt.output.hasPrefix("UH\t"), "\(spelt)")
    #expect(plain.output.hasPrefix("Hello\tO\nZoë\tS-PER\n,\tO\n") && plain.lines.count == 8)
  }

  @Test func aRunThatWasStoppedEndsWithTheSameBits() throws {
    #expect(try Program.run(arguments("whole", "--checkpoint-every", "7")).status == 0)
    var killCount = 0
    while try Program.run(
      arguments("parts", "--checkpoint-every", "7"), killedAfter: 0.25 + 0.05 * Double(killCount))
    {
      killCount += 1
      try #require(killCount < 40)
    }
    #expect(
      try Data(contentsOf: URL(filePath: directory["whole/model.safetensors"]))
        == Data(contentsOf: URL(filePath: directory["parts/model.safetensors"])))
  }

  @Test func learnsOtherColumnsAndFormats() throws {
    let parts = try Program.run(arguments("pos", "--tag-column", "2", "--steps", "4"))
    #expect(parts.status == 0, "\(parts)")
    let score = try Program.run(
      "evaluate", directory["pos"], "--data", data, "--tag-column", "2", "--json"
    ).json()
    #expect(score["f1"] == nil && score["accuracy"] is Double && score["words"] as? Int == 320)
  }

  @Test func refusesWhatDoesNotFit() throws {
    let broken = try directory.write("a b O\nc O\n", to: "broken.txt")
    let mixed = try directory.write("a O\nb I-PER\nc PER\n", to: "mixed.txt")
    func train(_ more: String...) throws -> Program.Outcome {
      try Program.run(
        ["train", "--recipe", recipe, "--output", directory["no"], "--threads", "1"] + more)
    }
    try train("--data", broken).expectFailure(65, naming: "broken.txt:2:", "3 columns", "2")
    try train("--data", mixed).expectFailure(65, naming: "mixed.txt:3:", "PER")
    try train("--data", directory["nothing"]).expectFailure(66, naming: "nothing")
    try train("--data", data, "--tag-column", "0").expectUsageError(naming: "--tag-column")
    try Program.run(
      "pretrain", "--recipe", "tagger", "--data", data, "--output", directory["no"]
    ).expectFailure(65, naming: "apus train", "tagger")
    try Program.run("tag", directory.path, "--input", data).expectFailure(66, naming: "config.json")
  }
}
