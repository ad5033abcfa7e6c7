import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import Testing

@testable import ApusTraining

/// Runs of a tagger on a tiny BERT that was never trained.
struct TunedTagger {
  let directory: TemporaryDirectory
  let network: String

  static let blockCount = 3

  init() throws {
    directory = try TemporaryDirectory()
    network = "\(directory.path)/network"
    let text = try directory.write("the kiln was cold by morning\na kiln\n", to: "text.txt")
    let tokenizer = try TokenizerTrainer(.wordpiece, vocabularySize: 48)
      .train(on: try Corpus([text])).tokenizer
    var config = BERTConfig(
      vocabularySize: tokenizer.vocabularySize, contextLength: 40, hiddenSize: 8,
      layerCount: Self.blockCount, headCount: 2)
    config.hasPretrainingHeads = false
    config.transformer.initializerRange = 0.2
    let store = ParameterStore(seed: 4)
    let bert = BERT(config, hasPooler: false, in: store.root)
    try ModelDirectory.save(bert, store.namedValues, to: network)
    try tokenizer.save(to: "\(network)/tokenizer.json")
    _ = try directory.write(
      (0..<12).map { number in
        "the D\nkiln N\nwas V\n\(number % 2 == 0 ? "cold A\n" : "by P\nmorning N\n")\n"
      }.joined(), to: "tagged.txt")
  }

  /// A recipe with a section adaptation, given as its lines.
  static func recipe(
    _ adaptation: String, steps: Int = 6, training: String = "", rate: String = "0.01"
  ) throws -> Recipe {
    let lines = adaptation.split(separator: "\n").map { "  \($0)\n" }.joined()
    return try Recipe(
      yaml: """
        model: {kind: tagger, encoder: bert, fineTunesEncoder: true, characters: none,
          layerCount: 0, dropout: 0.1}
        adaptation:
        \(lines)objective: {kind: tagging}
        optimizer: {kind: adamw, learningRate: \(rate), weightDecay: 0.1}
        training: {steps: \(steps), sequencesPerBatch: 4, precision: fp32, seed: 7\(training)}
        """)
  }

  func run(_ recipe: Recipe, _ name: String) throws -> TrainingRun<TaggingTask> {
    let corpus = try TaggedCorpus(contentsOf: "\(directory.path)/tagged.txt")
    return try TrainingRun(recipe, in: "\(directory.path)/\(name)") { _ in
      try TaggingTask(
        recipe, training: corpus, validation: corpus, encoder: try PretrainedNetwork(network))
    }
  }

  /// The weights of the network, under the names that a tagger has for them.
  func start() throws -> [String: [Float]] {
    try Dictionary(
      uniqueKeysWithValues: PretrainedNetwork(network).weights.map {
        ("encoder.\($0.name)", $0.value.floatElements)
      })
  }

  /// The weights in the checkpoint of a run.
  func weights(_ name: String) throws -> [String: [Float]] { try tensors(name, "weights.") }

  /// Tensors of a checkpoint that begin with a section's name.
  func tensors(_ name: String, _ section: String) throws -> [String: [Float]] {
    let file = try SafetensorsFile(
      contentsOf: "\(directory.path)/\(name)/training/checkpoint.safetensors")
    return Dictionary(
      uniqueKeysWithValues: try file.entries.filter { $0.name.hasPrefix(section) }.map {
        let tensor = try file.tensor($0.name)
        return (
          String($0.name.dropFirst(section.count)),
          tensor.type == .int32
            ? tensor.elements(as: Int32.self).map(Float.init) : tensor.floatElements
        )
      })
  }

  /// Whether a run that was stopped after some steps ends with the bits of one that was not.
  func resumes(_ recipe: Recipe, at step: Int) throws -> Bool {
    try run(recipe, "whole").run(showsProgress: false)
    guard try stops(recipe, at: step) else { return false }
    try run(recipe, "stopped").run(showsProgress: false)
    let file = "training/checkpoint.safetensors"
    return try directory.bytes(of: "\(directory.path)/whole/\(file)")
      == directory.bytes(of: "\(directory.path)/stopped/\(file)")
  }

  private func stops(_ recipe: Recipe, at step: Int) throws -> Bool {
    let run = try run(recipe, "stopped")
    try run.run(showsProgress: false) { run.step == step }
    return run.step == step && !run.isFinished
  }
}
