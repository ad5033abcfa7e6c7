import ApusDecoding
import ArgumentParser

/// Whether and how the likeliest texts are searched for.
struct BeamChoice: ParsableArguments {
  @Option(name: .customLong("beams"), help: "Follow this many continuations at once.")
  var width: Int?

  @Option(help: "Print this many of the best continuations.")
  var results: Int?

  @Option(
    name: .customLong("length-penalty"), parsing: .unconditional,
    help: "Above 0 prefers longer texts, below 0 shorter ones. (default: 1)")
  var lengthPenalty: Float?

  @Flag(
    name: .customLong("early-stopping"), help: "Stop as soon as as many texts ended as beams exist."
  )
  var earlyStopping = false

  func validate() throws {
    guard width == nil else { return }
    let given = [
      ("--results", results != nil), ("--length-penalty", lengthPenalty != nil),
      ("--early-stopping", earlyStopping),
    ]
    if let (name, _) = given.first(where: \.1) {
      throw ValidationError("\(name) needs --beams.")
    }
  }

  /// Nil where texts are drawn.
  func options(_ penalties: Penalties, tokens: Int, minimum: Int) throws -> BeamOptions? {
    try width.map {
      try BeamOptions(
        width: $0, resultCount: results ?? 1, lengthPenalty: lengthPenalty ?? 1,
        ending: earlyStopping ? .whenFull : .whenBehind, penalties: penalties, tokenCount: tokens,
        minimumTokenCount: minimum)
    }
  }
}
