import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import Foundation
import Testing

@testable import ApusTraining

@Suite struct StreamEvaluationTests {
  /// A text of more tokens than go through the model at once has the loss of one long sequence.
  @Test func readsAllDocumentsAsOneStream() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/text.txt"
    let lines = (0..<200).map { "w\($0 % 17) w\($0 % 5) the end" }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    var trainer = TokenizerTrainer(.word, vocabularySize: 100)
    trainer.specialTokens = ["<unk>", Tokenizer.endOfText]
    let corpus = try Corpus([path], documents: .lines)
    let tokenizer = try trainer.train(on: corpus).tokenizer
    let config = RecurrentConfig(
      .lstm, vocabularySize: tokenizer.vocabularySize, embeddingSize: 5, hiddenSize: 7,
      layerCount: 2)
    let model = RecurrentLanguageModel(config, in: ParameterStore(seed: 2).root)
    var evaluation = try StreamEvaluation(model, tokenizer)
    let score = try evaluation.score(corpus)

    let end = try #require(tokenizer.id(of: Tokenizer.endOfText))
    let ids = [end] + lines.flatMap { tokenizer.encode($0).ids + [end] }
    let outputs = model(Sequences(ids: [Array(ids.dropLast())]), .evaluation())
    let loss = model.loss(
      outputs, targets: Tensor(Array(ids.dropFirst())), .evaluation(), divisor: 1)
    #expect(score.tokenCount == 1000 && score.wordCount == 1000)
    #expect(abs(score.nats - Double(loss.scalar)) < 1e-5 * score.nats)
    #expect(score.unknownCount == 0 && score.bitsPerByte != nil)
    let strange = directory.path + "/strange.txt"
    try Data("w1 nobody the end\nnothing\n".utf8).write(to: URL(fileURLWithPath: strange))
    let unknown = try evaluation.score(Corpus([strange], documents: .lines))
    #expect(unknown.unknownCount == 2 && unknown.tokenCount == 7 && unknown.bitsPerByte == nil)
    // Once more, from the start again.
    #expect(try evaluation.score(corpus) == score)
  }
}
