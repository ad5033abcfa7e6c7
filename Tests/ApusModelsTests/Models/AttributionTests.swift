import ApusLayers
import ApusModels
import ApusTensors
import Testing

@Suite struct AttributionTests {
  @Test func scoresOfClosedFormsAreExact() {
    // f(x) = Σ x², so that a value's score is x² − b².
    let input = Tensor([1, -2, 3, 0.5, 2, 4] as [Float]).reshaped([3, 2])
    let baseline = Tensor([0, 1, 3, 0.5, -2, 0] as [Float]).reshaped([3, 2])
    let result = integratedGradients(of: input, from: baseline, stepCount: 3) { states in
      states.map { $0 * $0 }.means.sum(axis: 1) * Float(3)
    }
    for (score, expected) in zip(result.scores, [4, 0, 16] as [Float]) {
      #expect(abs(score - expected) < 1e-4)
    }
    #expect(abs(result.output - 34.25) < Float(1e-3) && result.error < 1e-3)
  }

  /// The scores add up to the difference of the outputs, and what does not differ has none.
  @Test(arguments: ["bert", "roberta", "gpt2"]) func scoresOfEncodersAreComplete(_ name: String)
    throws
  {
    let (encoder, _) = try ModelDirectory.loadEncoder(Golden.directory + "encoders/" + name)
    let ids: [Int32] = [2, 7, 11, 5, 9, 3]
    let baseline: [Int32] = [2, 4, 4, 4, 4, 3]
    func error(_ steps: Int) -> (Attribution, Float) {
      let result = encoder.attribution(of: ids, from: baseline, stepCount: steps) {
        ($0.means * $0.means).sum(axis: 1)
      }
      return (result, result.error)
    }
    let (result, fine) = error(200)
    let coarse = error(2).1
    #expect(abs(result.output - result.baselineOutput) > 0.01, "\(result)")
    #expect(fine < 0.01 * abs(result.output - result.baselineOutput) + 1e-4, "\(result)")
    #expect(fine <= coarse)
    #expect(result.scores[0] == 0 && result.scores[5] == 0)
  }
}

@Suite struct ClassifierAttributionTests {
  /// Scores of words add up to what they change, on the way through either network.
  @Test(arguments: [
    ClassifierConfig.Network.convolutions(kernelSizes: [2, 3], channelCount: 6),
    .recurrent(size: 5), .recurrent(size: 4, pooling: .attention),
  ]) func scoresAreComplete(_ network: ClassifierConfig.Network) {
    var config = ClassifierConfig(network, vocabularySize: 20, labels: ["a", "b", "c"])
    config.embeddingSize = 8
    let model = SequenceClassifier(config, in: ParameterStore(seed: 3).root)
    let ids: [Int32] = [4, 17, 9, 2, 11]
    let result = model.attribution(of: ids, to: 1, stepCount: 500)
    let logits = model(Sequences(ids: [ids]), .evaluation()).floatElements
    #expect(abs(result.output - logits[1]) < 1e-5)
    #expect(result.scores.count == 5 && result.scores.contains { abs($0) > 1e-4 })
    #expect(result.error < 0.01 * abs(result.output - result.baselineOutput) + 1e-4, "\(result)")
  }
}
