import ApusTensors
import Foundation
import Testing

@Suite struct PretrainTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func trainsGeneratesAndEvaluates() throws {
    let run = try SmallRun(.gpt, in: directory)
    let outcome = try Program.run(run.arguments("run"))
    #expect(outcome.status == 0, "\(outcome)")
    let losses = try directory.text(of: "run/metrics.jsonl").split(separator: "\n").compactMap {
      try (JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])?["loss"] as? Double
    }
    #expect(losses.count == 40)
    let (first, last) = (losses.prefix(5).reduce(0, +), losses.suffix(5).reduce(0, +))
    #expect(last < 0.8 * first, "\(losses)")
    #expect(try directory.names(in: "run/best").contains("model.safetensors"))
    #expect(try directory.text(of: "run/loss.svg").contains("<svg"))

    let texts = try (0..<2).map { _ in
      try Program.run(
        "generate", directory["run"], "--prompt", "The ", "--tokens", "40", "--seed", "3")
    }
    #expect(texts[0].status == 0 && texts[0].output.hasPrefix("The "), "\(texts[0])")
    #expect(texts[0].output == texts[1].output && texts[0].output.count > 20)

    let score = try Program.run("evaluate", directory["run"], "--data", run.data, "--json").json()
    let perplexity = try #require(score["perplexity"] as? Double)
    #expect(perplexity > 1 && perplexity < 20)
  }

  /// Prepared shards with their tokenizer give the model that their text gives.
  @Test func shardsAndTextGiveTheSameModel() throws {
    let run = try SmallRun(.gpt, in: directory)
    let tokenizer = directory["given.json"]
    let trained = try Program.run(
      "tokenizer", "train", "--kind", "bpe", "--vocabulary-size", "300", "--output", tokenizer,
      run.data)
    #expect(trained.status == 0, "\(trained)")
    let prepared = try Program.run(
      "prepare", "--tokenizer", tokenizer, "--documents", "files", "--output",
      directory["shards"], run.data)
    #expect(prepared.status == 0, "\(prepared)")
    func pretrain(_ output: String, _ data: String, _ more: [String]) throws -> Program.Outcome {
      try Program.run(
        run.arguments(output, steps: 4).map { $0 == run.data ? data : $0 }
          + ["--precision", "fp32"] + more)
    }
    #expect(try pretrain("text", run.data, ["--tokenizer", tokenizer]).status == 0)
    let shards = try pretrain("shards-run", directory["shards"], [])
    #expect(shards.status == 0, "\(shards)")
    #expect(try run.weights("text") == run.weights("shards-run"))
    #expect(try directory.text(of: "text/recipe.yaml").contains("precision: fp32"))
    let other = directory["other.json"]
    _ = try Program.run(
      "tokenizer", "train", "--kind", "bpe", "--vocabulary-size", "280", "--output", other,
      run.data)
    try pretrain("text", run.data, ["--tokenizer", other])
      .expectFailure(65, naming: "the tokenizer that the run began with")
    try pretrain("third", directory["shards"], ["--tokenizer", other])
      .expectFailure(65, naming: "token shards made with the tokenizer of the run")
  }

  @Test func recurrentModelsTrainGenerateAndEvaluate() throws {
    let run = try SmallRun(.lstm, in: directory)
    #expect(try Program.run(run.arguments("run", steps: 120)).status == 0)
    let text = try Program.run(
      "generate", directory["run"], "--prompt", "The", "--tokens", "12", "--greedy")
    #expect(text.status == 0 && text.output.hasPrefix("The "), "\(text)")
    let found = try Program.run("generate", directory["run"], "--tokens", "5", "--beams", "3")
    #expect(found.status == 0 && found.output.count > 5, "\(found)")

    // The best model knows as well as the run how the text was cut into documents.
    for model in ["run", "run/best"] {
      let score = try Program.run("evaluate", directory[model], "--data", run.data, "--json").json()
      let perplexity = try #require(score["perplexity"] as? Double)
      #expect(perplexity > 1 && perplexity < 60)
      // Words and ends of lines are each one token.
      #expect(score["tokens"] as? Double == score["words"] as? Double, "\(score)")
    }
    let cached = try Program.run(
      "evaluate", directory["run"], "--data", run.data, "--cache-size", "100", "--json"
    ).json()
    #expect(try #require(cached["perplexity"] as? Double) > 1)
    try Program.run(
      "evaluate", directory["run"], "--data", run.data, "--stride", "3"
    ).expectFailure(65, naming: "--stride", "a causal Transformer", "a recurrent language model")
    try Program.run(
      "evaluate", directory["run"], "--data", run.data, "--cache-weight", "0.2"
    ).expectUsageError(naming: "--cache-size")
    try Program.run("embed", directory["run"], "--input", run.data, "--output", directory["e.npy"])
      .expectFailure(65, naming: "Transformer", "lstm")
  }

  @Test(arguments: [SmallRun.Kind.gpt, .bert, .lstm])
  func interruptedRunEndsWithTheSameBits(kind: SmallRun.Kind) throws {
    let run = try SmallRun(kind, in: directory)
    let whole = try Program.run(run.arguments("whole"))
    #expect(whole.status == 0, "\(whole)")
    for steps in [7, 8, 23, 40] {
      let part = try Program.run(run.arguments("parts", steps: steps))
      #expect(part.status == 0, "\(part)")
    }
    #expect(try run.weights("whole") == run.weights("parts"))
  }

  /// Averaging that a validation sets off, in a run whose rate is too high to improve for long.
  @Test func averagesOfRecurrentModelsSurviveInterruption() throws {
    let run = try SmallRun(.lstm, in: directory, extra: "  averagePatience: 1\n")
    let recipe = try directory.text(of: "small.yaml")
      .replacingOccurrences(of: "validateEvery: 10", with: "validateEvery: 3")
      .replacingOccurrences(of: "learningRate: 0.01", with: "learningRate: 0.1")
    _ = try directory.write(recipe, to: "small.yaml")
    #expect(try Program.run(run.arguments("whole")).status == 0)
    for steps in [9, 31, 40] {
      #expect(try Program.run(run.arguments("parts", steps: steps)).status == 0)
    }
    #expect(try run.weights("whole") == run.weights("parts"))
    // The weights that are used are not those of the last step.
    let checkpoint = try SafetensorsFile(
      contentsOf: directory["whole/training/checkpoint.safetensors"])
    let last: [Float] = try checkpoint.tensor("weights.encoder.weight").elements()
    let used: [Float] = try SafetensorsFile(
      contentsOf: directory["whole/model.safetensors"]
    ).tensor("encoder.weight").elements()
    #expect(last != used)
  }

  @Test func gradientsThroughTimeAreReported() throws {
    let run = try SmallRun(.lstm, in: directory)
    #expect(try Program.run(run.arguments("run", steps: 4)).status == 0)
    let report = try Program.run(
      "inspect", "gradients", directory["run"], "--data", run.data, "--lags", "12", "--svg",
      directory["gradients.svg"], "--json"
    ).json()
    let norms = try #require(report[directory["run"]] as? [Double])
    #expect(norms.count == 12 && norms.allSatisfy { $0 > 0 } && norms[11] < norms[0])
    #expect(try directory.text(of: "gradients.svg").contains("<polyline"))
    try Program.run(
      "inspect", "gradients", directory["run"], "--data", run.data, "--lags", "99999"
    ).expectFailure(65, naming: "small.txt", "100001")
  }

  @Test(arguments: ["emaDecay: 0.9", "averageLast: 3"])
  func averagesAccumulationAndCheckpointingSurviveInterruption(average: String) throws {
    let extra = ["accumulation: 2", "gradientCheckpointing: true", average]
    let run = try SmallRun(
      .gpt, in: directory, extra: extra.map { "  \($0)\n" }.joined())
    #expect(try Program.run(run.arguments("whole")).status == 0)
    for steps in [9, 31, 40] {
      #expect(try Program.run(run.arguments("parts", steps: steps)).status == 0)
    }
    #expect(try run.weights("whole") == run.weights("parts"))
  }

  @Test func runWithoutImprovementStopsEarlyAndStaysStopped() throws {
    let run = try SmallRun(.gpt, in: directory, extra: "  earlyStoppingPatience: 2\n")
    let recipe = try directory.text(of: "small.yaml")
      .replacingOccurrences(of: "learningRate: 0.01", with: "learningRate: 1e-12")
      .replacingOccurrences(of: "validateEvery: 10", with: "validateEvery: 3")
    _ = try directory.write(recipe, to: "small.yaml")
    #expect(try Program.run(run.arguments("run")).status == 0)
    func lastLine() throws -> Substring? {
      try directory.text(of: "run/metrics.jsonl").split(separator: "\n").last
    }
    // The first validation is the best; the third is the second without improvement.
    #expect(try lastLine()?.hasPrefix("{\"step\":9,\"validation_loss\"") == true)
    #expect(try Program.run(run.arguments("run")).status == 0)
    #expect(try lastLine()?.hasPrefix("{\"step\":9,") == true)
  }

  @Test func secondRunInOneDirectoryIsRefused() throws {
    let run = try SmallRun(.gpt, in: directory)
    let first = try Program.start(run.arguments("run", steps: 100_000))
    defer {
      first.terminate()
      first.waitUntilExit()
    }
    let lock = directory["run/metrics.jsonl"]
    while first.isRunning, !FileManager.default.fileExists(atPath: lock) { usleep(2000) }
    try Program.run(run.arguments("run")).expectFailure(
      65, naming: directory["run"], "\(first.processIdentifier)")
  }

  @Test func runContinuesOnlyWithItsRecipe() throws {
    let run = try SmallRun(.gpt, in: directory)
    #expect(try Program.run(run.arguments("run", steps: 4)).status == 0)
    try Program.run(run.arguments("run") + ["--seed", "9"]).expectFailure(
      65, naming: "recipe.yaml", "seed")
  }

  @Test func diskThatIsFullKeepsTheLastCheckpoint() throws {
    let run = try SmallRun(.gpt, in: directory)
    #expect(try Program.run(run.arguments("run", steps: 8)).status == 0)
    let before = try run.weights("run")
    let line = run.arguments("run").map { "'\($0)'" }.joined(separator: " ")
    // A file may grow to 8 blocks of 512 or 1024 bytes: less than the weights need.
    let outcome = try Program.shell(
      "trap '' XFSZ; ulimit -f 8; \"$apus\" \(line)", in: directory.path)
    outcome.expectFailure(74, naming: directory["run"], "can't write")
    #expect(try run.weights("run") == before)
    #expect(try Program.run(run.arguments("run")).status == 0)
    #expect(try Program.run(run.arguments("whole")).status == 0)
    #expect(try run.weights("run") == run.weights("whole"))
  }

  @Test func lossThatIsNoNumberStopsTheRun() throws {
    let run = try SmallRun(.gpt, in: directory)
    let recipe = try directory.text(of: "small.yaml")
      .replacingOccurrences(of: "learningRate: 0.01", with: "learningRate: 1000")
      .replacingOccurrences(of: "kind: adamw", with: "kind: sgd")
      .replacingOccurrences(of: "clipNorm: 1", with: "clipValue: 1e9")
    _ = try directory.write(recipe, to: "small.yaml")
    let outcome = try Program.run(run.arguments("run", steps: 4000))
    outcome.expectFailure(65, naming: "step ", "batch ", "checkpoint")
  }

  @Test func badInputIsNamed() throws {
    let run = try SmallRun(.gpt, in: directory)
    let recipe = try directory.text(of: "small.yaml")
    _ = try directory.write(
      recipe.replacingOccurrences(of: "hiddenSize", with: "hidenSize"), to: "typo.yaml")
    try Program.run(
      "pretrain", "--recipe", directory["typo.yaml"], "--data", run.data, "--output",
      directory["x"]
    ).expectFailure(65, naming: "typo.yaml", "hidenSize", "hiddenSize")
    let empty = try directory.write("", to: "empty.txt")
    try Program.run(
      "pretrain", "--recipe", run.recipe, "--data", empty, "--output", directory["y"], "--quiet"
    ).expectFailure(65, naming: "empty.txt")
    try Program.run(
      "pretrain", "--recipe", run.recipe, "--data", directory["none.txt"], "--output",
      directory["z"], "--quiet"
    ).expectFailure(66, naming: "none.txt")
  }
}
