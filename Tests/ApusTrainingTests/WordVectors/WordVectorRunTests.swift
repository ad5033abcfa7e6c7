import ApusFiles
import ApusTensors
import ApusText
import ApusTraining
import ApusVectors
import Foundation
import Testing

/// Runs on a small made-up language, in which words of a class stand in the same places.
@Suite(.serialized) struct WordVectorRunTests {
  static let animals = ["cat", "dog", "cow", "hen"]
  static let foods = ["bread", "cheese", "soup", "rice"]

  /// Sentences that differ in their animal and food alone.
  static let text: String = {
    var random = RandomStream(RandomKey(seed: 1, name: "text"))
    let frames = [
      "the A in the yard eats F with a spoon", "my A likes warm F for breakfast",
      "we feed the old A some F in the morning", "an A runs home", "fresh F lies on the table",
    ]
    return (0..<4000).map { _ in
      frames[random.below(5)]
        .replacing("A", with: animals[random.below(4)])
        .replacing("F", with: foods[random.below(4)])
    }.joined(separator: "\n")
  }()

  static func recipe(_ name: String, steps: Int? = nil) throws -> Recipe {
    var recipe = try Recipe.builtIn(named: name)
    guard case .wordVectors(var model) = recipe.model else { throw CancellationError() }
    model.dimension = 24
    model.window = min(model.window, 4)
    model.subsampling = 0
    model.buckets = 500
    model.countLimit = 1000
    recipe.model = .wordVectors(model)
    recipe.training.tokensPerBatch = name == "glove" ? 50 : 7000
    recipe.training.epochs = name == "glove" ? 40 : 4
    if let steps { recipe = recipe.scaled(toSteps: steps) }
    return recipe
  }

  /// The text as a file of a directory.
  static func file(in directory: TemporaryDirectory) throws -> String {
    let path = "\(directory.path)/text.txt"
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  @Test(arguments: ["skipgram", "cbow", "fasttext", "glove", "tree"])
  func wordsThatStandInTheSamePlacesBecomeNeighbours(_ name: String) throws {
    Processor.threadCount = 1
    let directory = try TemporaryDirectory()
    var recipe = try Self.recipe(name == "tree" ? "skipgram" : name)
    if name == "tree", case .wordVectors(var model) = recipe.model {
      model.prediction = .tree
      recipe.model = .wordVectors(model)
    }
    let output = "\(directory.path)/run"
    let run = try WordVectorRun(recipe, in: output, data: Self.file(in: directory))
    try run.run(showsProgress: false)
    #expect(run.isFinished)
    let vectors = try WordVectors(contentsOf: output)
    #expect(vectors.dimension == 24)
    #expect(vectors.counts?.first == vectors.counts?.max())
    for group in [Self.animals, Self.foods] {
      for word in group {
        let found = try vectors.neighbours(of: word, count: 3).map(\.word)
        #expect(Set(found).isSubset(of: group), "\(word): \(found)")
      }
    }
    // The loss has fallen.
    let losses = try MetricsLog.records(of: "\(output)/metrics.jsonl")
      .compactMap { $0.values["loss"] }
    #expect(losses.count == run.stepCount)
    #expect((losses.last ?? 1) < 0.9 * (losses.first ?? 0))
    #expect(vectors.vector(of: "cats") != nil || name != "fasttext")
  }

  @Test(arguments: ["skipgram", "cbow", "fasttext", "glove"])
  func aStoppedRunEndsWithTheSameBits(_ name: String) throws {
    Processor.threadCount = 1
    let directory = try TemporaryDirectory()
    let data = try Self.file(in: directory)
    let recipe = try Self.recipe(name, steps: 7)
    func vectors(_ output: String, stoppedAt stops: [Int]) throws -> [Float] {
      let path = "\(directory.path)/\(output)"
      for stop in stops {
        let run = try WordVectorRun(recipe, in: path, data: data)
        try run.run(showsProgress: false) { run.step == stop }
        #expect(run.step == stop)
        #expect(run.isFinished == (stop == 7))
      }
      return try WordVectors(contentsOf: path).vectors.floatElements
    }
    let whole = try vectors("whole", stoppedAt: [7])
    #expect(try vectors("parts", stoppedAt: [1, 4, 7]) == whole)
    #expect(try vectors("again", stoppedAt: [7]) == whole)
    // What comes after a checkpoint and is lost is done again.
    let path = "\(directory.path)/parts"
    #expect(try MetricsLog.records(of: "\(path)/metrics.jsonl").map(\.step) == Array(1...7))
    // Another seed gives other vectors.
    var other = recipe
    other.training.seed = 1
    let run = try WordVectorRun(other, in: "\(directory.path)/other", data: data)
    try run.run(showsProgress: false)
    #expect(run.vectors().vectors.floatElements != whole)
  }

  @Test func sectionsThatDoNotFitAreRefused() throws {
    let directory = try TemporaryDirectory()
    let data = try Self.file(in: directory)
    func message(_ change: (inout Recipe) -> Void) throws -> String? {
      var recipe = try Self.recipe("skipgram")
      change(&recipe)
      let error = #expect(throws: InputError.self) {
        try WordVectorRun(recipe, in: "\(directory.path)/refused", data: data)
      }
      return error?.description
    }
    #expect(
      try message { $0.optimizer.kind = .adagrad }
        == "expected sgd as optimizer.kind for skipgram, got adagrad")
    #expect(
      try message { $0.schedule.kind = .cosine }
        == "expected schedule.kind constant or linear without warm-up for skipgram, got cosine "
        + "with 0 steps")
    #expect(
      try message {
        $0.training.sequencesPerBatch = 4
        $0.training.tokensPerBatch = nil
      } == "expected training.tokensPerBatch: the words or pairs of a step, got sequencesPerBatch")
    #expect(
      try message {
        guard case .wordVectors(var model) = $0.model else { return }
        model.maximumSubwordLength = 3
        $0.model = .wordVectors(model)
      } == "expected model.maximumSubwordLength to be at least minimumSubwordLength, from 1 on, or "
        + "both 0, got 3 beside 0")
  }

  /// Changes that would do nothing, and the value that errors name.
  static let changesWithoutEffect: [(name: String, change: @Sendable (inout Recipe) -> Void)] = [
    ("data.validationFraction to be \"0\"", { $0.data.validationFraction = 0.05 }),
    ("optimizer.momentum to be \"0\"", { $0.optimizer.momentum = 0.9 }),
    (
      "optimizer.momentum to be \"0\"",
      {
        $0.optimizer.momentum = 0.9
        $0.optimizer.nesterov = true
      }
    ),
    ("optimizer.weightDecay to be \"0\"", { $0.optimizer.weightDecay = 0.01 }),
    ("training.accumulation to be \"1\"", { $0.training.accumulation = 2 }),
    ("training.clipNorm to be left out", { $0.training.clipNorm = 1 }),
    ("training.clipValue to be left out", { $0.training.clipValue = 1 }),
    ("training.validateEvery to be left out", { $0.training.validateEvery = 1 }),
    ("training.emaDecay to be left out", { $0.training.emaDecay = 0.9 }),
    ("training.averagePatience to be left out", { $0.training.averagePatience = 2 }),
    ("training.averageLast to be left out", { $0.training.averageLast = 2 }),
    ("training.earlyStoppingPatience to be left out", { $0.training.earlyStoppingPatience = 2 }),
    ("training.precision to be \"auto\"", { $0.training.precision = .bf16 }),
  ]

  @Test(arguments: changesWithoutEffect.indices)
  func whatHasNoEffectIsRefusedByName(_ index: Int) throws {
    let directory = try TemporaryDirectory()
    let data = try Self.file(in: directory)
    var recipe = try Self.recipe("skipgram")
    Self.changesWithoutEffect[index].change(&recipe)
    let name = Self.changesWithoutEffect[index].name
    let error = #expect(throws: InputError.self) {
      try WordVectorRun(recipe, in: "\(directory.path)/refused", data: data)
    }
    #expect(error?.expected == "\(name) for skipgram, on which it has no effect")
    let corpus = try Corpus([data], documents: .lines)
    let inMemory = #expect(throws: InputError.self) {
      try WordVectors(learntFrom: corpus, by: recipe)
    }
    #expect(inMemory?.description == error?.description)
  }

  @Test func epsilonHasNoEffectOnGloVe() throws {
    let directory = try TemporaryDirectory()
    var recipe = try Self.recipe("glove")
    recipe.training.precision = .fp32
    recipe.optimizer.epsilon = 1e-6
    let data = try Self.file(in: directory)
    let error = #expect(throws: InputError.self) {
      try WordVectorRun(recipe, in: "\(directory.path)/refused", data: data)
    }
    #expect(error?.expected.hasPrefix("optimizer.epsilon to be ") == true)
    // Float32 is what vectors are learnt in.
    recipe.optimizer.epsilon = 1e-10
    _ = try WordVectorRun(recipe, in: "\(directory.path)/run", data: data)
  }

  @Test(arguments: ["skipgram", "glove"])
  func aRunAndMemoryLearnTheSame(_ name: String) throws {
    Processor.threadCount = 1
    let directory = try TemporaryDirectory()
    let data = try Self.file(in: directory)
    let recipe = try Self.recipe(name, steps: 3)
    let run = try WordVectorRun(recipe, in: "\(directory.path)/run", data: data)
    try run.run(showsProgress: false)
    let corpus = try Corpus([data], documents: .lines)
    let vectors = try WordVectors(learntFrom: corpus, by: recipe)
    #expect(vectors.counts == run.vectors().counts)
    #expect(vectors.vectors.floatElements == run.vectors().vectors.floatElements)
  }

  /// A run killed between its last checkpoint and its vectors writes them when it is begun again.
  @Test func vectorsThatLackAreWritten() throws {
    Processor.threadCount = 1
    let directory = try TemporaryDirectory()
    let data = try Self.file(in: directory)
    let path = "\(directory.path)/run"
    func run() throws -> [Float] {
      let run = try WordVectorRun(Self.recipe("skipgram", steps: 3), in: path, data: data)
      try run.run(showsProgress: false)
      return try WordVectors(contentsOf: path).vectors.floatElements
    }
    let vectors = try run()
    for name in ["training/finished", "model.safetensors"] {
      try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
    #expect(try run() == vectors)
  }

  @Test func textWithoutTwoWordsIsRefused() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/short.txt"
    try Data("word word word word word word".utf8).write(to: URL(filePath: path))
    let error = #expect(throws: InputError.self) {
      try WordVectorRun(Self.recipe("cbow"), in: "\(directory.path)/run", data: path)
    }
    #expect(error?.found == "1")
  }
}
