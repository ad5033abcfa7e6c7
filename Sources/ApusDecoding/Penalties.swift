import ApusFiles

/// What makes tokens less likely that a text has already.
///
/// - Source: the repetition penalty is that of Keskar et al. 2019, §4.1, over prompt and new tokens
///   as in transformers; frequency and presence penalties are those of OpenAI's interface, over new
///   tokens.
public struct Penalties: Sendable, Hashable {
  /// What positive logits of tokens in the text are divided by, and negative ones multiplied.
  public let repetition: Float
  /// What is subtracted from a logit for each time that its token was chosen.
  public let frequency: Float
  /// What is subtracted from a logit once its token was chosen.
  public let presence: Float

  public static let none = Penalties(unchecked: 1, frequency: 0, presence: 0)

  /// - Throws: `InputError` for a repetition penalty that is not above 0, or a penalty that is not
  ///   finite.
  public init(
    repetition: Float = 1, frequency: Float = 0, presence: Float = 0
  ) throws(InputError) {
    guard repetition > 0, repetition.isFinite else {
      throw InputError(expected: "a repetition penalty above 0", found: "\(repetition)")
    }
    for (name, value) in [("frequency", frequency), ("presence", presence)]
    where !value.isFinite {
      throw InputError(expected: "a finite \(name) penalty", found: "\(value)")
    }
    self.init(unchecked: repetition, frequency: frequency, presence: presence)
  }

  private init(unchecked repetition: Float, frequency: Float, presence: Float) {
    self.repetition = repetition
    self.frequency = frequency
    self.presence = presence
  }

  /// Changes the logits of what comes after a text.
  ///
  /// - Parameters:
  ///   - logits: [V]
  ///   - occurrences: The tokens of the text, and how often each was chosen after the prompt.
  func apply(
    to logits: UnsafeMutableBufferPointer<Float>, _ occurrences: [Int32: Int]
  ) {
    guard self != .none else { return }
    for (token, count) in occurrences where logits.indices.contains(Int(token)) {
      var logit = logits[Int(token)]
      if repetition != 1 { logit = logit < 0 ? logit * repetition : logit / repetition }
      if count > 0 { logit -= Float(count) * frequency + presence }
      logits[Int(token)] = logit
    }
  }
}
