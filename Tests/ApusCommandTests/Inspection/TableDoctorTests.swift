import Testing

@Suite struct TableDoctorTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func leaksLabelsAndLengthsAreFound() throws {
    let train = try directory.write(
      "text,label\na film,good\nanother film,bad\nA Film,bad\n", to: "train.csv")
    let dev = try directory.write("text,label\nANOTHER film,good\nnew,odd\n", to: "dev.csv")
    let tokenizer = try directory.tokenizer("character")
    let outcome = try Program.run(
      "doctor", train, dev, "--text-column", "text", "--label-column", "label", "--tokenizer",
      tokenizer, "--max-length", "5")
    #expect(outcome.status == 65, "\(outcome)")
    for finding in [
      "warning  1 text stands in an earlier row with another label (\(train):4)",
      "warning  1 text is in \(train) too (\(dev):2), 1 with another label",
      "failure  the label \"odd\" of \(dev) is not in \(train)",
      "warning  the label \"bad\" of \(train) is not in \(dev)",
      "warning  \(train): 100.0 % of texts are longer than 5 tokens and would be cut",
    ] { #expect(outcome.output.contains(finding), "\(finding)\n\(outcome)") }
    let json = try Program.run(
      "doctor", train, "--text-column", "text", "--label-column", "label", "--json"
    ).json()
    let report = try #require((json["reports"] as? [[String: Any]])?.first)
    let facts = try #require((report["facts"] as? [String: Any])?[train] as? [String: Any])
    #expect(facts["labels"] as? [String: Int] == ["bad": 2, "good": 1])
  }

  @Test func columnsThatAreMissingAreNamed() throws {
    let train = try directory.write("text,label\na,b\n", to: "train.csv")
    let outcome = try Program.run("doctor", train, "--text-column", "txt")
    #expect(outcome.status == 65)
    #expect(
      outcome.output.contains("\(train):1: expected a column \"txt\", got text, label"),
      "\(outcome)")
    #expect(try Program.run("doctor", train, "--header", "present").status == 64)
    #expect(try Program.run("doctor", train, "--label-column", "label").status == 64)
  }

  @Test func splitsAreWritten() throws {
    let file = try directory.write("text,label\na,x\nb,y\nc,x\nd,y\n", to: "all.csv")
    let outcome = try Program.run(
      "split", file, "--output", directory["parts"], "--parts", "train=0.5,test=0.5", "--by",
      "order")
    #expect(
      outcome.lines == [
        "\(directory["parts"])/train.csv: 2 rows", "\(directory["parts"])/test.csv: 2 rows",
      ], "\(outcome)")
    for wrong in [
      ["--parts", "train=0.5,test=0.6"], ["--parts", "a=1", "--folds", "2"], ["--imbalance", "3"],
      ["--folds", "1"],
    ] {
      #expect(
        try Program.run(["split", file, "--output", directory["bad"]] + wrong).status == 64)
    }
    for (parts, message) in [
      ("train=0.8,dev=0.1", "whose sum is 1, got 0.9"), ("a=0.5,a=0.5", "each name once"),
    ] {
      try Program.run("split", file, "--output", directory["bad"], "--parts", parts)
        .expectUsageError(naming: message)
    }
  }
}
