import ApusModels
import ArgumentParser

/// How the members of an ensemble decide.
struct VoteOption: ParsableArguments {
  @Option(
    help: """
      How the members of an ensemble decide: majority, or average of their probabilities. (default: as \
      its recipe says)
      """)
  var vote: EnsembleConfig.Vote?
}

extension EnsembleConfig.Vote: ExpressibleByArgument {}
