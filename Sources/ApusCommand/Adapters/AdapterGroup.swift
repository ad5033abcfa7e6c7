import ArgumentParser

struct AdapterGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adapter",
    abstract: "Work with low-rank adapters (LoRA).",
    discussion: """
      Adapters are in the files of Hugging Face's PEFT: adapter_config.json and \
      adapter_model.safetensors. A run with `adaptation.loraRank` in its recipe writes one to adapter/ \
      in its directory, beside a model that has it merged already.

      EXAMPLES
        apus adapter merge bert-base runs/names/adapter --output bert-names
      """,
    subcommands: [AdapterMerge.self])
}
