import ApusDecoding
import ArgumentParser

/// How each token of a text is chosen, and what ends the text.
struct TokenChoice: ParsableArguments {
  @Option(help: "What the choices are drawn from.")
  var seed: UInt64 = 0

  @Option(
    parsing: .unconditional,
    help: "Above 1 more surprising, below 1 less; 0 is greedy. (default: 1)")
  var temperature: Float?

  @Option(name: .customLong("top-k"), help: "Consider only this many of the likeliest tokens.")
  var topK: Int?

  @Option(
    name: .customLong("top-p"),
    help: "Consider only the likeliest tokens that reach this probability together.")
  var topP: Float?

  @Option(
    name: .customLong("min-p"),
    help: "Consider only tokens of this share of the likeliest one's probability.")
  var minP: Float?

  @Flag(help: "Always take the likeliest token.")
  var greedy = false

  @Option(
    name: .customLong("repetition-penalty"), parsing: .unconditional,
    help: "Above 1 makes tokens less likely that prompt or text have already.")
  var repetitionPenalty: Float = 1

  @Option(
    name: .customLong("frequency-penalty"), parsing: .unconditional,
    help: "Above 0 makes tokens less likely the more often they were chosen.")
  var frequencyPenalty: Float = 0

  @Option(
    name: .customLong("presence-penalty"), parsing: .unconditional,
    help: "Above 0 makes tokens less likely once they were chosen.")
  var presencePenalty: Float = 0

  @Option(help: "End before this text appears; may be given several times.")
  var stop: [String] = []

  func sampling() throws -> Sampling {
    greedy
      ? .greedy
      : try Sampling(temperature: temperature ?? 1, topK: topK, topP: topP, minP: minP)
  }

  func penalties() throws -> Penalties {
    try Penalties(
      repetition: repetitionPenalty, frequency: frequencyPenalty, presence: presencePenalty)
  }

  /// The first option that was given and that changes how likely tokens are to be drawn.
  var weighingOption: String? {
    let given = [
      ("--temperature", temperature != nil), ("--top-k", topK != nil), ("--top-p", topP != nil),
      ("--min-p", minP != nil),
    ]
    return given.first { $0.1 }?.0
  }

  /// The first option that was given and that only choosing token by token has a use for.
  var drawingOption: String? {
    weighingOption ?? (greedy ? "--greedy" : stop.isEmpty ? nil : "--stop")
  }
}
