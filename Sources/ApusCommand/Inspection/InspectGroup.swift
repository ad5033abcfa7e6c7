import ArgumentParser

struct InspectGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Look into what models have learnt.",
    subcommands: [
      InspectGradients.self, InspectSenses.self, InspectSpeech.self, InspectAttribution.self,
    ])
}
