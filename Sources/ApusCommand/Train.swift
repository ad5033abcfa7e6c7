import ApusFiles
import ApusTensors
import ApusTraining
import ArgumentParser

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model on labelled data, or continue a run.",
    discussion: """
      The run directory is that of `apus pretrain`. What data a recipe takes depends on what it \
      learns; see `apus recipes NAME`.

      EXAMPLES
        apus train --recipe g2p --source words.txt --target phones.txt \\
          --validation-source words.dev --validation-target phones.dev --output runs/g2p
      """)

  @OptionGroup var training: TrainingOptions

  @OptionGroup(title: "Pairs of lines") var pairs: PairOptions

  func run() throws {
    Processor.threadCount = training.threads.count
    let recipe = try training.resolvedRecipe()
    switch recipe.objective.kind {
    case .causal, .masked, .contexts:
      throw InputError(
        expected: "a recipe that learns from labels (`apus pretrain` takes the others)",
        found: recipe.name)
    case .translation:
      let (source, target) = try pairs.training()
      try training.run(
        try TrainingRun(
          recipe, in: training.output, source: source, target: target,
          validation: pairs.validation(), report: training.note))
    }
  }
}
