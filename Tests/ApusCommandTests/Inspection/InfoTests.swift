import Testing

@Suite struct InfoTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func modelShowsArchitectureWeightsAndTokenizer() throws {
    let model = try directory.model()
    let json = try Program.run("info", model, "--json").json()
    #expect(json["kind"] as? String == "model" && json["architecture"] as? String == "gpt2")
    let parameters = try #require(json["parameters"] as? Int)
    let weights = try #require(json["weights"] as? [String: Any])
    #expect(weights["values"] as? Int == parameters)
    #expect((json["tokenizer"] as? [String: Any])?["vocabulary_size"] as? Int == 300)
    let text = try Program.run("info", model).output
    #expect(text.contains("architecture") && text.contains("hidden size"))
  }

  @Test func weightsListTensors() throws {
    let model = try directory.model()
    let outcome = try Program.run("info", "\(model)/model.safetensors")
    #expect(outcome.output.contains("transformer.wpe.weight"), "\(outcome)")
    #expect(outcome.output.contains("[16, 8]"))
  }

  @Test func shardsTokenizersAndRecipesAreKnown() throws {
    let tokenizer = try directory.tokenizer("bpe")
    let text = try directory.write(Samples.json, to: "text.jsonl")
    _ = try Program.run(
      "prepare", "--tokenizer", tokenizer, "--output", directory["shards"], text)
    let shards = try Program.run("info", directory["shards"], "--json").json()
    #expect(shards["kind"] as? String == "shards" && shards["documents"] as? Int == 100)
    let info = try Program.run("info", tokenizer, "--json").json()
    #expect(info["fingerprint"] as? String == shards["fingerprint"] as? String)
    let recipe = try directory.write(Program.run("recipes", "bert-mini").output, to: "mine.yaml")
    #expect(try Program.run("info", recipe, "--json").json()["name"] as? String == "bert-mini")
  }

  @Test func runShowsStepAndLoss() throws {
    let recipe = try directory.write(Self.recipe, to: "recipe.yaml")
    let text = try directory.write(Samples.text, to: "text.txt")
    let run = try Program.run(
      "pretrain", "--recipe", recipe, "--data", text, "--output", directory["run"], "--quiet")
    #expect(run.status == 0, "\(run)")
    let json = try Program.run("info", directory["run"], "--json").json()
    #expect(json["kind"] as? String == "run" && json["step"] as? Int == 3)
    #expect(json["finished"] as? Bool == true)
    #expect((json["best_validation_loss"] as? Double).map { 1..<6 ~= $0 } == true, "\(json)")
    #expect((json["model"] as? [String: Any])?["architecture"] as? String == "gpt2")
    #expect(try Program.run("doctor", directory["run"]).status == 0)
    _ = try directory.write("name: 3\nmodel: 4\n", to: "run/recipe.yaml")
    try Program.run("info", directory["run"]).expectFailure(65, naming: "run/recipe.yaml:2")
  }

  @Test func otherThingsAreRefused() throws {
    let text = try directory.write(Samples.text, to: "text.txt")
    try Program.run("info", text).expectFailure(65, naming: "text.txt")
    try Program.run("info", directory["absent"]).expectFailure(66, naming: "absent")
    let json = try directory.write("[1]", to: "list.json")
    try Program.run("info", json).expectFailure(65, naming: "list.json")
    let broken = try directory.write("short", to: "x.safetensors")
    try Program.run("info", broken).expectFailure(65, naming: "x.safetensors")
  }

  private static let recipe = """
    name: tiny
    model:
      kind: gpt
      hiddenSize: 8
      layerCount: 1
      headCount: 1
      contextLength: 8
    tokenizer:
      kind: character
    data:
      endOfText: false
    objective:
      kind: causal
    optimizer:
      kind: sgd
      learningRate: 0.1
    training:
      steps: 3
      sequencesPerBatch: 2

    """
}
