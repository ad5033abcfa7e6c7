import Foundation
import Testing

@Suite struct TranslateTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Letters to their names, backwards: what a model with attention learns in seconds.
  private static let pairs: [(source: String, target: String)] = (0..<200).map { index in
    let letters = (0..<2 + index % 4).map {
      Array("abcde")[(index * 7 + $0 * $0 * 3 + index / 9) % 5]
    }
    return (
      String(letters), letters.reversed().map { "\($0.uppercased())X" }.joined(separator: " ")
    )
  }

  private static func recipe(
    _ model: String, objective: String = ""
  ) -> String {
    """
    name: letters
    model:
    \(model)
      targetUnit: phone
    tokenizer:
      kind: character
    targetTokenizer:
      kind: word
    objective:
      kind: translation
      best: exactMatch
    \(objective)
    optimizer:
      kind: adam
      learningRate: 0.003
    training:
      epochs: 60
      sequencesPerBatch: 20
      validateEvery: 200
      clipNorm: 5
      precision: fp32

    """
  }

  private static let recurrent = "  kind: seq2seq\n  hiddenSize: 32\n  inputFeeding: true"
  private static let transformer =
    "  kind: encoder-decoder\n  hiddenSize: 32\n  headCount: 2\n  dropout: 0"

  private func write(_ recipe: String) throws {
    _ = try directory.write(recipe, to: "letters.yaml")
    _ = try directory.write(
      Self.pairs.map { $0.source + "\n" }.joined(), to: "letters.txt")
    _ = try directory.write(Self.pairs.map { $0.target + "\n" }.joined(), to: "names.txt")
  }

  private func train(_ run: String, _ more: String...) throws -> Program.Outcome {
    try Program.run(
      [
        "train", "--recipe", directory["letters.yaml"], "--source", directory["letters.txt"],
        "--target", directory["names.txt"], "--output", directory[run], "--threads", "1", "--quiet",
      ] + more)
  }

  @Test(arguments: [recurrent, transformer]) func isKnownAndLookedAt(_ model: String) throws {
    try write(Self.recipe(model))
    #expect(try train("run", "--steps", "2").status == 0)
    let info = try Program.run("info", directory["run"], "--json").json()
    let shown = try #require(info["model"] as? [String: Any])
    #expect(shown["architecture"] as? String == "translator", "\(info)")
    let network = model == Self.transformer ? "transformer" : "recurrent, lstm with attention"
    #expect(shown["network"] as? String == network, "\(info)")
    #expect(try Program.run("doctor", directory["run"]).status == 0)
    try FileManager.default.removeItem(atPath: directory["run/source_tokenizer.json"])
    let doctor = try Program.run("doctor", directory["run"])
    #expect(doctor.status == 65 && doctor.output.contains("source_tokenizer.json"), "\(doctor)")
  }

  private var validation: [String] {
    [
      "--validation-source", directory["letters.txt"], "--validation-target",
      directory["names.txt"],
    ]
  }

  @Test(arguments: [recurrent, transformer])
  func trainsTranslatesAndEvaluates(_ model: String) throws {
    try write(Self.recipe(model))
    let outcome = try Program.run(
      [
        "train", "--recipe", directory["letters.yaml"], "--source", directory["letters.txt"],
        "--target", directory["names.txt"], "--output", directory["run"], "--threads", "1",
        "--quiet",
      ] + validation)
    #expect(outcome.status == 0, "\(outcome)")
    let names = try directory.names(in: "run/best")
    for name in ["config.json", "model.safetensors", "source_tokenizer.json"] {
      #expect(names.contains(name))
    }
    let evaluation = try Program.run(
      "evaluate", directory["run/best"], "--source", directory["letters.txt"], "--target",
      directory["names.txt"], "--json")
    let score = try evaluation.json()
    #expect(Set(score.keys) == ["lines", "bleu", "chrf", "exact_match", "wer", "per"])
    let exact = try #require(score["exact_match"] as? Double)
    #expect(exact > 0.9, "\(score)")
    let wrong = try #require(score["wer"] as? Double)
    #expect(abs(exact + wrong - 1) < 1e-9)

    // The same in one file, also with more right answers behind.
    let table = try directory.write(
      Self.pairs.map { "\($0.source)\t\($0.target)\n" }.joined(), to: "pairs.tsv")
    let tabbed = try Program.run("evaluate", directory["run/best"], "--data", table, "--json")
    #expect(tabbed.output == evaluation.output, "\(tabbed)")
    let answers = try directory.write(
      Self.pairs.map { "\($0.source)\tQ\t\($0.target)\n" }.joined(), to: "answers.tsv")
    let alternatives = try Program.run(
      "evaluate", directory["run/best"], "--data", answers, "--alternatives", "--json"
    ).json()
    #expect(alternatives["exact_match"] as? Double == exact, "\(alternatives)")
    try Program.run("evaluate", directory["run/best"], "--data", answers)
      .expectFailure(65, naming: "answers.tsv:1", "a source, a tab and its target", "2 tabs")
    let untabbed = try directory.write("ab\tBX AX\n\nab\n", to: "untabbed.tsv")
    try Program.run("evaluate", directory["run/best"], "--data", untabbed)
      .expectFailure(65, naming: "untabbed.tsv:2")
    try Program.run(
      "evaluate", directory["run/best"], "--data", table, "--target", directory["names.txt"]
    ).expectFailure(65, naming: "--data alone", "--data and --target")

    // A line a line, empty ones too.
    let (source, target) = Self.pairs[3]
    let lines = try Program.run(
      "translate", directory["run/best"], "--input", "-", "--beam", "3", "--attention",
      directory["maps"], input: "\(source)\n\n\(source)\n")
    #expect(lines.status == 0, "\(lines)")
    #expect(lines.output == "\(target)\n\n\(target)\n", "\(lines)")
    #expect(try directory.text(of: "maps/3.svg").contains("<svg"))
    // Lines of JSON have the same translations.
    let texts = try directory.write(
      "{\"text\": \"\(source)\"}\n{\"id\": 2, \"text\": \"\"}\n{\"text\": \"\(source)\"}\n",
      to: "texts.jsonl")
    let read = try Program.run(
      "translate", directory["run/best"], "--input", texts, "--beam", "3")
    #expect(read.status == 0 && read.output == lines.output, "\(read)")
    let untitled = try directory.write("{\"id\": 1}\n", to: "untitled.jsonl")
    try Program.run("translate", directory["run/best"], "--input", untitled)
      .expectFailure(65, naming: "untitled.jsonl:1", "the key \"text\"")
    let best = try Program.run(
      "translate", directory["run/best"], "--input", directory["letters.txt"], "--beam", "4",
      "--results", "3", "--json")
    #expect(best.lines.count == 200)
    let first = try #require(
      JSONSerialization.jsonObject(with: Data(best.lines[0].utf8)) as? [String: Any])
    let translations = try #require(first["translations"] as? [[String: Any]])
    let scores = translations.compactMap { $0["score"] as? Double }
    #expect(scores.count == 3 && scores == scores.sorted(by: >))
    let drawn = try (0..<2).map { _ in
      try Program.run(
        "translate", directory["run/best"], "--temperature", "2", "--seed", "4", input: "abc\nbc\n")
    }
    #expect(drawn[0].status == 0 && drawn[0].output == drawn[1].output)
    // Empty lines stay empty and have their numbers; no translation has more tokens than asked for.
    let few = try Program.run(
      "translate", directory["run/best"], "--temperature", "2", "--seed", "4", "--tokens", "1",
      input: "abc\n\nbc\n")
    let words = few.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(few.status == 0 && words.count == 4 && words[1].isEmpty, "\(few)")
    #expect(words.allSatisfy { !$0.contains(" ") })
    for option in ["--beam", "--length-penalty", "--coverage-penalty"] {
      try Program.run(
        "translate", directory["run/best"], "--temperature", "2", option, "1", input: "a\n"
      ).expectUsageError(naming: option)
    }
    try Program.run("translate", directory["run/best"], "--seed", "4", input: "a\n")
      .expectUsageError(naming: "--seed")
    // No other words than the allowed ones.
    _ = try directory.write("AX\n\nBX\n", to: "allowed.txt")
    let allowed = try Program.run(
      "translate", directory["run/best"], "--allow", directory["allowed.txt"], input: "edc\ncba\n")
    let found = Set(allowed.output.split(whereSeparator: \.isWhitespace))
    #expect(
      allowed.status == 0 && found.isSubset(of: ["AX", "BX"]) && !found.isEmpty, "\(allowed)")
    _ = try directory.write("AX\nQ\n", to: "allowed.txt")
    try Program.run(
      "translate", directory["run/best"], "--allow", directory["allowed.txt"], input: "a\n"
    ).expectFailure(65, naming: "allowed.txt:2")
  }

  @Test func unknownWordsAreCopied() throws {
    let pairs = (0..<200).map { ("say w\($0) \($0 % 2 == 0 ? "twice" : "once")", $0) }
    try write(
      """
      name: echo
      model:
        kind: seq2seq
        hiddenSize: 32
        inputFeeding: true
        copies: true
      tokenizer:
        kind: word
        minimumFrequency: 3
      objective:
        kind: translation
        best: exactMatch
      optimizer:
        kind: adam
        learningRate: 0.005
      training:
        epochs: 40
        sequencesPerBatch: 20
        clipNorm: 5
        precision: fp32

      """)
    _ = try directory.write(pairs.map { $0.0 + "\n" }.joined(), to: "letters.txt")
    _ = try directory.write(
      pairs.map { $0.1 % 2 == 0 ? "w\($0.1) w\($0.1)\n" : "w\($0.1)\n" }.joined(), to: "names.txt")
    let trained = try Program.run(
      [
        "train", "--recipe", directory["letters.yaml"], "--source", directory["letters.txt"],
        "--target", directory["names.txt"], "--output", directory["run"], "--threads", "1",
        "--quiet",
      ] + validation)
    #expect(trained.status == 0, "\(trained)")
    let lines = try Program.run(
      "translate", directory["run/best"], input: "say zebra twice\nsay Jürgen once\n")
    #expect(lines.output == "zebra zebra\nJürgen\n", "\(lines)")
  }

  @Test func interruptedRunEndsWithTheSameBits() throws {
    try write(
      Self.recipe(
        Self.recurrent + "\n  dropout: 0.2",
        objective: "  sampledInputRate: 0.3\n  labelSmoothing: 0.1"))
    #expect(try train("whole", "--steps", "24").status == 0)
    for steps in ["5", "6", "17", "24"] {
      #expect(try train("parts", "--steps", steps).status == 0)
    }
    let weights = try ["whole", "parts"].map {
      try Data(contentsOf: URL(filePath: directory["\($0)/model.safetensors"]))
    }
    #expect(weights[0] == weights[1])
  }

  @Test func badInputIsNamed() throws {
    try write(Self.recipe(Self.recurrent))
    _ = try directory.write("A\nB\nC\n", to: "names.txt")
    try train("x").expectFailure(65, naming: "letters.txt", "200", "names.txt", "3")
    try Program.run(
      "train", "--recipe", "g2p", "--source", directory["letters.txt"], "--output",
      directory["y"], "--quiet"
    ).expectFailure(65, naming: "--target")
    try Program.run(
      "train", "--recipe", "g2p", "--source", directory["letters.txt"], "--target",
      directory["letters.txt"], "--validation-source", directory["letters.txt"], "--output",
      directory["y"]
    ).expectUsageError(naming: "--validation-target")
    try Program.run(
      "pretrain", "--recipe", "g2p", "--data", directory["letters.txt"], "--output", directory["z"],
      "--quiet"
    )
    .expectFailure(65, naming: "g2p")
    for name in ["empty-source.txt", "empty-target.txt"] { _ = try directory.write("", to: name) }
    try Program.run(
      "train", "--recipe", "g2p", "--source", directory["empty-source.txt"], "--target",
      directory["empty-target.txt"], "--output", directory["z"], "--quiet"
    ).expectFailure(65, naming: "empty-source.txt")
    try Program.run(
      "train", "--recipe", directory["letters.yaml"], "--source", "-", "--target",
      directory["names.txt"], "--output", directory["z"], "--quiet", input: "a\n"
    ).expectFailure(65, naming: "standard input")
    // A directory without a model, and one whose tokenizer is another's.
    try Program.run("translate", directory.path, input: "a\n").expectFailure(
      66, naming: "config.json")
    #expect(
      try {
        try write(Self.recipe(Self.recurrent)); return try train("run", "--steps", "2")
      }().status == 0)
    try FileManager.default.removeItem(atPath: directory["run/target_tokenizer.json"])
    try FileManager.default.copyItem(
      atPath: directory["run/source_tokenizer.json"], toPath: directory["run/target_tokenizer.json"]
    )
    try Program.run("evaluate", directory["run"], "--source", directory["letters.txt"])
      .expectFailure(65, naming: "--target")
  }

  @Test func oneSequenceFarLongerThanTheRestIsLearntFromAndTranslated() throws {
    try write(Self.recipe(Self.transformer))
    let long = String(repeating: "abcde", count: 240)
    _ = try directory.write(
      Self.pairs.map { $0.source + "\n" }.joined() + long + "\n\n", to: "letters.txt")
    _ = try directory.write(
      Self.pairs.map { $0.target + "\n" }.joined() + "AX\n\n", to: "names.txt")
    #expect(try train("run", "--steps", "14").status == 0)
    let outcome = try Program.run(
      "translate", directory["run"], "--beam", "2", "--tokens", "700", input: long + "\n\n")
    #expect(outcome.status == 0 && outcome.output.count(where: \.isNewline) == 2)
  }
}
