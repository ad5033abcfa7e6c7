import Foundation

/// A run that takes a second: a GPT, BERT or LSTM of one layer on the sample text.
struct SmallRun {
  let directory: TemporaryDirectory
  let recipe, data: String

  enum Kind { case gpt, bert, lstm }

  init(_ kind: Kind, in directory: TemporaryDirectory, extra: String = "") throws {
    self.directory = directory
    recipe = try directory.write(Self.recipe(kind, extra: extra), to: "small.yaml")
    data = try directory.write(
      kind == .bert ? Samples.lines.chunks(of: 5).joined(separator: "\n\n") + "\n" : Samples.text,
      to: "small.txt")
  }

  func arguments(_ output: String, steps: Int = 40, every: Int = 4) -> [String] {
    [
      "pretrain", "--recipe", recipe, "--data", data, "--output", directory[output], "--steps",
      "\(steps)", "--checkpoint-every", "\(every)", "--quiet", "--threads", "1",
    ]
  }

  func weights(_ output: String) throws -> Data {
    try Data(contentsOf: URL(filePath: directory["\(output)/model.safetensors"]))
  }

  private static func recipe(_ kind: Kind, extra: String) -> String {
    """
    name: small
    model:
      \(model(kind).replacing("\n", with: "\n  "))
    tokenizer:
      \(tokenizer(kind))
    data:
      documents: \(kind == .bert ? "blank-lines" : kind == .gpt ? "files" : "lines")
      validationFraction: 0.1
      endOfText: \(kind == .lstm)
    objective:
      kind: \(kind == .bert ? "masked" : "causal")
    optimizer:
      kind: adamw
      learningRate: 0.01
    training:
      steps: 40
      sequencesPerBatch: 4
      clipNorm: 1
      validateEvery: 10
    \(extra)

    """
  }

  private static func model(_ kind: Kind) -> String {
    let transformer = """
      hiddenSize: 32
      layerCount: 1
      headCount: 2
      contextLength: 32
      dropout: 0.1
      """
    switch kind {
    case .gpt:
      return """
        kind: gpt
        \(transformer)
        """
    case .bert:
      return """
        kind: bert
        \(transformer)
        """
    case .lstm:
      // Every kind of dropout and penalty, and states that go from batch to batch.
      return """
        kind: lstm
        hiddenSize: 32
        layerCount: 2
        stepLength: 9
        drawsLengths: true
        dropout: 0.1
        tokenDropout: 0.1
        weightDropout: 0.2
        locksDropout: true
        activationPenalty: 2
        changePenalty: 1
        tiedEmbeddings: true
        """
    }
  }

  private static func tokenizer(_ kind: Kind) -> String {
    switch kind {
    case .gpt: "kind: character\n  minimumFrequency: 1"
    case .bert: "kind: wordpiece\n  vocabularySize: 200"
    case .lstm: "kind: word\n  vocabularySize: 200\n  splitsAtWhitespace: true"
    }
  }
}

extension [String] {
  fileprivate func chunks(of size: Int) -> [String] {
    stride(from: 0, to: count, by: size).map {
      self[$0..<Swift.min($0 + size, count)].joined(separator: "\n")
    }
  }
}

extension Program {
  /// Runs the program and kills it after a time, if it has not ended by itself.
  ///
  /// - Returns: Whether it was killed.
  static func run(_ arguments: [String], killedAfter seconds: Double) throws -> Bool {
    let process = try start(arguments)
    let end = Date().addingTimeInterval(seconds)
    while process.isRunning, Date() < end { usleep(500) }
    guard process.isRunning else { return false }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal
  }
}
