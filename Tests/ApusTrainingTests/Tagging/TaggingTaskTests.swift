import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import Testing

@testable import ApusTraining

@Suite struct TaggingTaskTests {
  private let directory: TemporaryDirectory
  private let task: TaggingTask

  private static let recipe = """
    model:
      kind: tagger
      wordSize: 12
      characterSize: 6
      spellingSize: 5
      hiddenSize: 10
      dropout: 0.2
    objective:
      kind: tagging
    optimizer:
      kind: adam
      learningRate: 0.01
    training:
      epochs: 8
      sequencesPerBatch: 4
      precision: fp32
    """

  /// Names are what stands behind "Mr" or "in", and may be of two words.
  private static func text(count: Int) -> String {
    let (people, places) = (["Bo Derek", "Ann", "Carl Ott", "Eve"], ["Rome", "New York", "Oslo"])
    return (0..<count).map { number in
      let person = people[number % 4].split(separator: " ").map { "\($0) I-PER\n" }.joined()
      let place = places[number % 3].split(separator: " ").map { "\($0) I-LOC\n" }.joined()
      // Words that differ in letters, as all digits count as one.
      let rare = number % 5 == 0 ? "once\(String(repeating: "x", count: number)) O\n" : ""
      return "Mr O\n\(person)was O\n\(rare)in O\n\(place)\n"
    }.joined()
  }

  init() throws {
    directory = try TemporaryDirectory()
    let training = try directory.write(Self.text(count: 60), to: "train.txt")
    let validation = try directory.write(Self.text(count: 13), to: "valid.txt")
    task = try TaggingTask(
      try Recipe(yaml: Self.recipe), training: try TaggedCorpus(contentsOf: training),
      validation: try TaggedCorpus(contentsOf: validation))
  }

  @Test func learnsTheTagsOfTheDataInTheScheme() throws {
    #expect(
      Set(task.config.tags) == [
        "O", "B-PER", "E-PER", "S-PER", "B-LOC", "E-LOC", "S-LOC",
      ])
    #expect(task.config.tags.first == "O" && task.config.scheme == .iobes)
    #expect(task.batchCountOfEpoch == 15)
    let run = try TrainingRun(
      try Recipe(yaml: Self.recipe), in: "\(directory.path)/run", task: { _ in task })
    #expect(run.stepCount == 120)
    try run.run(showsProgress: false)
    let score = try #require(try task.score(run.model, .fp32))
    #expect(score.quality > 0.98, "\(score)")
    #expect(score.metrics.map(\.name) == ["f1", "precision", "recall", "accuracy"])
    let best = try WordTagger.load(run.directory.best).model
    let tags = best.tags(
      [best.sentence(["Mr", "Ann", "was", "in", "New", "York"])], .evaluation())
    #expect(tags == [["O", "S-PER", "O", "O", "B-LOC", "E-LOC"]])
  }

  @Test func batchesGoOnFromAnyCursor() throws {
    var batches = try task.batches(from: BatchCursor())
    var seen = 0
    for _ in 0..<7 { seen += try #require(try batches.next()).sentences.count }
    #expect(seen == 28)
    var continued = try task.batches(from: batches.cursor)
    for _ in 0..<20 {
      let (first, second) = (try #require(try batches.next()), try #require(try continued.next()))
      #expect(first.sentences == second.sentences)
      #expect(first.labels.elements(as: Int32.self) == second.labels.elements(as: Int32.self))
      #expect(first.targetCounts.tokens == first.tokenCount)
    }
  }

  /// Half of the words that came once, and no others, are taken for unknown.
  @Test func forgetsSingles() throws {
    let store = ParameterStore(seed: 0)
    let model = task.model(in: store.root)
    var batches = try task.batches(from: BatchCursor())
    var carried: [Tensor] = []
    let batch = try #require(try batches.next())
    let counts = batch.targetCounts
    func loss(_ mode: Mode) -> Float {
      task.loss(batch, model, carrying: &carried, mode, of: counts).total.scalar
    }
    // Every step forgets anew, and the same step the same.
    let steps = (0..<4).map { loss(.training(seed: 1, step: $0)) }
    #expect(Set(steps).count == 4 && loss(.training(seed: 1, step: 2)) == steps[2])
    #expect(loss(.evaluation()) == loss(.evaluation()) && carried.isEmpty)
    let sentence = model.sentence(["once", "oncexxxxx", "Mr", "nothing"])
    #expect(sentence.ids[0] != 0 && sentence.ids[3] == 0)
    var (forgotten, kept) = (0, 0)
    for step in 0..<400 {
      let mode = Mode.training(seed: 1, step: step)
      let ids = task.forgettingSingles([sentence], mode)[0].ids
      #expect(ids[2] == sentence.ids[2] && ids[3] == 0)
      forgotten += ids[..<2].count { $0 == 0 }
      kept += ids[..<2].count { $0 != 0 }
    }
    #expect(abs(forgotten - 400) < 80 && forgotten + kept == 800)
    #expect(task.forgettingSingles([sentence], .evaluation())[0] == sentence)
  }

  /// What the training data don't have is counted, and told.
  @Test func unseenTagsCountAsMistakes() throws {
    let path = try directory.write(
      "Mr O\nAnn I-PER\nwas O\nin O\nMay I-DATE\n\nMr O\n", to: "test.txt")
    let store = ParameterStore(seed: 0)
    let tagger = task.model(in: store.root)
    let score = try tagger.score(on: try TaggedCorpus(contentsOf: path))
    #expect(score.unknownTags == ["S-DATE": 1])
    #expect(score.tagging.types["DATE"]?.expected == 1 && score.tagging.wordCount == 6)
    #expect(score.loss.isFinite && score.loss > 0)
    let alone = try directory.write("May I-DATE\n", to: "alone.txt")
    #expect(try tagger.score(on: try TaggedCorpus(contentsOf: alone)).loss == 0)
    let others = try directory.write("May NN\nfell VB\n", to: "pos.txt")
    let error = #expect(throws: InputError.self) {
      try tagger.score(on: try TaggedCorpus(contentsOf: others))
    }
    #expect(error?.row == 1 && error?.file == others && error?.found == "NN")
  }

  @Test func tagsThatStandForThemselvesHaveNoScheme() throws {
    let path = try directory.write("May NN\nfell VB\n\nI PRP\nfell VB\n", to: "pos.txt")
    let corpus = try TaggedCorpus(contentsOf: path)
    let task = try TaggingTask(
      try Recipe(yaml: Self.recipe), training: corpus, validation: corpus)
    #expect(task.config.scheme == nil && task.config.tags == ["VB", "NN", "PRP"])
    let store = ParameterStore(seed: 0)
    let score = try #require(try task.score(task.model(in: store.root), .fp32))
    #expect(score.metrics.map(\.name) == ["accuracy"])
    let none = try TaggingTask(try Recipe(yaml: Self.recipe), training: corpus, validation: nil)
    #expect(try none.score(none.model(in: ParameterStore(seed: 0).root), .fp32) == nil)
    #expect(throws: InputError.self) {
      try TaggingTask(
        try Recipe.builtIn(named: "gpt-char"), training: corpus, validation: nil)
    }
  }

  /// A tiny ELMo that was never trained, and vectors of some words.
  private func given() throws -> (network: String, vectors: String) {
    var config = ELMoConfig(
      vocabularySize: 5, filters: [.init(width: 2, count: 4)], size: 6, projectedSize: 4)
    config.characterSize = 3
    let store = ParameterStore(seed: 9)
    let network = "\(directory.path)/elmo"
    try ELMo(config, in: store.root).save(store.namedValues, to: network)
    let vectors = try directory.write("mr 1 2 3\nRome 4 5 6\nother 7 8 9\n", to: "vectors.txt")
    return (network, vectors)
  }

  private func task(
    _ change: (inout TaggerRecipe) -> Void, encoder: String? = nil, vectors: String? = nil,
    report: (String) -> Void = { _ in }
  ) throws -> (Recipe, TaggingTask) {
    var recipe = try Recipe(yaml: Self.recipe)
    var section = TaggerRecipe(wordSize: 3, hiddenSize: 8)
    section.characters = .cnn
    change(&section)
    recipe.model = .tagger(section)
    recipe.training.epochs = 1
    let corpus = try TaggedCorpus(
      contentsOf: try directory.write(Self.text(count: 12), to: "small.txt"))
    let task = try TaggingTask(
      recipe, training: corpus, validation: corpus,
      encoder: try encoder.map(PretrainedNetwork.init),
      vectors: try vectors.map(GivenVectors.init), report: report)
    return (recipe, task)
  }

  private func trained(_ recipe: Recipe, _ task: TaggingTask, _ name: String) throws -> (
    model: WordTagger, weights: [String: [Float]]
  ) {
    let run = try TrainingRun(recipe, in: "\(directory.path)/\(name)", task: { _ in task })
    try run.run(showsProgress: false)
    let (model, store) = try WordTagger.load(run.directory.path)
    return (
      model,
      Dictionary(uniqueKeysWithValues: store.namedValues.map { ($0.name, $0.value.floatElements) })
    )
  }

  @Test(arguments: [true, false])
  func pretrainedNetworksLearnOnlyIfTheyAreTuned(_ isTuned: Bool) throws {
    let given = try given()
    let (recipe, task) = try task(
      {
        $0.encoder = .elmo
        $0.fineTunesEncoder = isTuned
      }, encoder: given.network)
    let (model, weights) = try trained(recipe, task, "run-\(isTuned)")
    #expect(model.config.encoder?.modelType == "elmo")
    for (name, value) in try PretrainedNetwork(given.network).weights {
      let isSame = weights["encoder.\(name)"] == value.floatElements
      #expect(isSame != isTuned, "\(name)")
    }
    #expect(weights["mix.gamma"] != [1])
  }

  @Test(arguments: [true, false]) func startsFromVectorsOfWords(_ isFrozen: Bool) throws {
    let given = try given()
    var reports: [String] = []
    let (recipe, task) = try task(
      { $0.freezesEmbeddings = isFrozen }, vectors: given.vectors, report: { reports.append($0) })
    #expect(reports.count == 1 && reports[0].hasPrefix("2 of \(task.lexicon.words.count) words"))
    let table = WordTagger.wordTableName
    let start = try #require(task.start.values[table])
    func row(_ word: String, _ values: [Float]) throws -> [Float] {
      let index = try #require(task.lexicon.words.firstIndex(of: word)) + 1
      return Array(values[3 * index..<3 * index + 3])
    }
    #expect(try row("mr", start.floatElements) == [1, 2, 3])
    let (_, weights) = try trained(recipe, task, "run-\(isFrozen)")
    let learnt = try #require(weights[table])
    #expect((try row("mr", learnt) == [1, 2, 3]) == isFrozen)
    #expect((learnt == start.floatElements) == isFrozen)
  }

  @Test func refusesNetworksAndVectorsThatDoNotFit() throws {
    let given = try given()
    func failure(_ body: () throws -> Void) -> String {
      (#expect(throws: InputError.self) { try body() })?.description ?? ""
    }
    #expect(
      failure { _ = try task({ $0.wordSize = 4 }, vectors: given.vectors) }.contains(
        "vectors.txt: expected vectors of 4 values, as model.wordSize says, got 3"))
    #expect(
      failure { _ = try task({ _ in }, encoder: given.network) }.contains(
        "model.encoder elmo, got bilstm"))
    #expect(failure { _ = try task({ $0.encoder = .bert }) }.contains("got none"))
    #expect(
      failure { _ = try task({ $0.encoder = .bert }, encoder: given.network) }
        .contains("got elmo"))
  }
}
