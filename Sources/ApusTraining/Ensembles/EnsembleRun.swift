import ApusFiles
import ApusModels
import ApusTensors
import ApusText
import Dispatch
import Synchronization

/// The training of an ensemble: the runs of its members side by side, each in a directory of its own.
///
/// Every member trains on one thread, and as many at a time as there are threads: no member waits for
/// another, small products gain nothing from more threads, and the weights do not depend on their number.
/// Each member resumes as every run does; once all are finished, the directory is a model.
public final class EnsembleRun: ResumableRun {
  public let recipe: Recipe
  public let directory: RunDirectory
  private let section: EnsembleRecipe
  private let members: [Recipe]
  private let texts: LabelledData
  /// As those that read words and those that read terms take them; nil where there are none such.
  private let words, terms: ClassificationData?
  private let vectors: GivenVectors?
  private let lock: RunLock
  private let report: (String) -> Void
  /// What made the run, as its model card shows it.
  private let command: String?
  /// Held while a member reports.
  private let reporting = Mutex(())
  private var steps: [Int]
  public private(set) var isFinished = false

  /// The steps of all members that were trained since the run was opened.
  public var step: Int { steps.reduce(0, +) }

  /// Opens the run of an ensemble in a directory, or starts one.
  ///
  /// - Parameters:
  ///   - recipe: What is trained and how. A run that is continued must have been started with the same but
  ///     for the number of models and their length.
  ///   - path: The directory, made if need be.
  ///   - texts: What members learn from and are validated on.
  ///   - sources: The files that they are from; see `TrainingRun`.
  ///   - tokenizer: A `tokenizer.json`; nil takes that of the run, or trains one.
  ///   - vectors: First values of words' vectors.
  ///   - command: What made the run, for its model card.
  ///   - report: Told what is being done.
  /// - Throws: `InputError` for input that can't be used or a recipe other than the run's.
  public init(
    _ recipe: Recipe, in path: String, texts: LabelledData, sources: [RunSource?] = [],
    tokenizer: String? = nil, vectors: GivenVectors? = nil, command: String? = nil,
    report: @escaping (String) -> Void = { _ in }
  ) throws {
    try recipe.validate()
    guard case .ensemble(let section) = recipe.model else {
      throw InputError(expected: "a recipe of an ensemble", found: recipe.name)
    }
    let objective = recipe.objective
    guard objective.teacherShare == nil, objective.temperature == nil else {
      throw InputError(
        expected: "no objective.teacherShare or temperature for an ensemble, which has no teacher",
        found: "some")
    }
    self.recipe = recipe
    self.section = section
    self.texts = texts
    self.vectors = vectors
    self.report = report
    self.command = command
    directory = RunDirectory(path)
    let members = (0..<section.models).map { section.member($0, of: recipe) }
    for member in members { try member.validate() }
    self.members = members
    steps = members.map { _ in 0 }
    try directory.create()
    lock = try RunLock(directory: path)
    for (index, member) in members.enumerated() {
      try Self.memberDirectory(index, in: directory).require(member)
    }
    try directory.keep(sources.compactMap(\.self))
    if directory.finishedStep == nil { try directory.keep(recipe) }

    let directory = directory
    func data(_ isRead: (ClassifierRecipe) -> Bool) throws -> ClassificationData? {
      let classifiers = members.compactMap(\.classifier)
      guard let classifier = classifiers.first(where: isRead) else { return nil }
      let reader = try texts.reader(
        for: classifier, tokenizer: isRead(ClassifierRecipe(kind: .dnn)) ? nil : tokenizer,
        recipe: recipe, in: directory, report: report)
      return ClassificationData(texts, reader)
    }
    words = try data { $0.kind != .dnn }
    terms = try data { $0.kind == .dnn }
    guard words != nil || (tokenizer == nil && vectors == nil) else {
      throw InputError(
        expected: "no tokenizer or vectors for members that all read terms", found: "some")
    }
  }

  private static func name(_ index: Int) -> String { "members/\(index)" }

  /// The run of a member.
  static func memberDirectory(_ index: Int, in directory: RunDirectory) -> RunDirectory {
    RunDirectory("\(directory.path)/\(name(index))")
  }

  /// Trains all members to their ends, and makes the directory a model.
  public func run(
    until last: Int? = nil, showsProgress: Bool = true, isCancelled: () -> Bool = { false }
  ) throws {
    guard last == nil else {
      throw InputError(expected: "no step to stop after for an ensemble", found: "one")
    }
    let former = Processor.threadCount
    let threadCount = min(former, members.count)
    defer { Processor.threadCount = former }
    let results = Mutex<[Int: Result<Member, any Error>]>([:])
    let next = Atomic(0)
    withoutActuallyEscaping(isCancelled) { isCancelled in
      // The runs of different members share only what does not change.
      nonisolated(unsafe) let (run, isAsked) = (self, isCancelled)
      let hasFailed = Atomic(false)
      DispatchQueue.concurrentPerform(iterations: threadCount) { _ in
        // The number of threads is also each thread's own, for the matrix engine.
        Processor.threadCount = 1
        while !isAsked(), !hasFailed.load(ordering: .relaxed) {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < run.members.count else { return }
          let result = Result {
            try run.train(index, showsProgress: showsProgress && threadCount == 1) {
              isAsked() || hasFailed.load(ordering: .relaxed)
            }
          }
          if case .failure = result { hasFailed.store(true, ordering: .relaxed) }
          results.withLock { $0[index] = result }
        }
      }
    }
    let trained = try results.withLock { results in
      try results.sorted { $0.key < $1.key }.map { (index: $0.key, member: try $0.value.get()) }
    }
    for (index, member) in trained { steps[index] = member.step }
    guard trained.count == members.count, trained.allSatisfy(\.member.isFinished) else { return }
    isFinished = true
    let config = EnsembleConfig(
      labels: texts.labels, vote: section.vote, members: trained.map(\.member.name))
    let finished =
      directory.finishedStep == nil ? nil : try EnsembleConfig(directory: directory.path)
    guard directory.finishedStep != step || finished != config else { return }
    try config.save(to: directory.path)
    try card(ofMembers: members, texts, command).write(to: directory.path)
    try directory.keep(recipe)
    try directory.keep(finishedStep: step)
  }

  /// What became of a member.
  private struct Member: Sendable {
    let step: Int
    let isFinished: Bool
    /// The directory of its best weights.
    let name: String
  }

  private func train(
    _ index: Int, showsProgress: Bool, isCancelled: () -> Bool
  ) throws -> Member {
    let (name, recipe) = (Self.name(index), members[index])
    guard let section = recipe.classifier, let data = section.kind == .dnn ? terms : words else {
      preconditionFailure("EnsembleRun: expected the data of \(name)")
    }
    let run = try TrainingRun(
      recipe, in: Self.memberDirectory(index, in: directory).path
    ) { _ in
      var task = try ClassificationTask(
        recipe, section, data, vectors: section.kind == .dnn ? nil : vectors
      ) { _ in }
      task.writesReport = false
      return task
    }
    func say(_ text: String) { reporting.withLock { _ in report("\(name): \(text)") } }
    if !run.isFinished { say("\(section.outline), from step \(run.step)") }
    try run.run(showsProgress: showsProgress, isCancelled: isCancelled)
    let measure = recipe.imbalance == nil ? "accuracy" : "macro F1"
    let quality = run.bestQuality.map { ", best \(measure) \(($0 * 10_000).rounded() / 10_000)" }
    if run.isFinished { say("done after \(run.step) steps\(quality ?? "")") }
    let isMeasured = run.bestQuality != nil
    return Member(
      step: run.step, isFinished: run.isFinished, name: isMeasured ? "\(name)/best" : name)
  }
}

extension Recipe {
  /// The section of a classifier; nil for other models.
  var classifier: ClassifierRecipe? {
    if case .classifier(let section) = model { section } else { nil }
  }
}

extension ClassifierRecipe {
  /// The network in a few words.
  var outline: String {
    switch kind {
    case .dnn: "\(layerCount) dense layers of \(hiddenSize)"
    case .textcnn: "\(layerCount) layers of \(channelCount) convolutions of each of \(kernelSizes)"
    case .bilstm: "\(layerCount) layers of \(hiddenSize) \(cell.rawValue) units each way"
    }
  }
}
