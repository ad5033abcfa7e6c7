import ApusTensors
import ApusVectors

/// How vectors of words are learnt from a text, step by step.
protocol WordVectorLearner {
  /// The steps after which the whole text was learnt from.
  var stepCountOfEpoch: Int { get }

  /// Does a step.
  ///
  /// - Parameter step: Its number, from 0.
  /// - Returns: What was learnt from.
  mutating func learn(step: Int) -> WordVectorStep

  /// What is learnt, by name.
  var weights: [(name: String, value: Tensor)] { get }
  /// What learning needs beside it, by name.
  var optimizerState: [(name: String, value: Tensor)] { get }

  /// Takes up what was saved.
  ///
  /// - Parameters:
  ///   - weight: Gives a weight of a name and shape.
  ///   - optimizer: Gives a part of the optimizer's state.
  /// - Throws: `InputError` for a tensor of another shape.
  mutating func restore(
    weight: (String, [Int]) throws -> Tensor, optimizer: (String, [Int]) throws -> Tensor) throws

  /// The vectors as they are.
  func vectors() -> WordVectors
}

/// What a step gave.
struct WordVectorStep {
  /// The mean loss.
  var loss: Double
  /// The learning rate at its start.
  var rate: Double
  /// The words or pairs of words learnt from.
  var count: Int
}
