import ApusFiles
import ApusTensors
import ApusTraining
import ArgumentParser

struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pretrain a model on text, or continue a run.",
    discussion: """
      The run directory holds the model as it is at the last checkpoint (config.json, \
      model.safetensors, tokenizer.json), the best one by validation loss in best, metrics.jsonl, \
      TensorBoard events and the loss curve in loss.svg. A run found there goes on from its last \
      checkpoint and ends with the same bits as if it had never stopped; vectors of words do so with \
      --threads 1 alone, as more threads change them without locks.

      EXAMPLES
        apus pretrain --recipe gpt-char --data input.txt --output runs/char
        apus pretrain --recipe bert-mini --data corpus/ \\
          --tokenizer tokenizer.json --output runs/bert
        apus pretrain --recipe skipgram --data corpus/ --output runs/vectors
        apus pretrain --recipe my-recipe.yaml --data shards/ \\
          --output runs/mine --steps 500
      """)

  @OptionGroup var training: TrainingOptions

  @Option(help: "Text (a file, a directory, or - for standard input) or token shards.")
  var data: String

  @Option(help: "A tokenizer.json; without it, one is trained on the data.")
  var tokenizer: String?

  @Option(help: "Text or shards to validate on, in place of a part of the data.")
  var validation: String?

  @Option(
    help: """
      Vectors of words (a file of word2vec, fastText or GloVe, or a directory) that the embeddings of \
      a recurrent language model start from.
      """)
  var vectors: String?

  @Option(help: "What makes a document: automatic, files, lines or blank-lines.")
  var documents: DataRecipe.Documents?

  func run() throws {
    Processor.threadCount = training.threads.count
    var recipe = try training.resolvedRecipe()
    if let documents { recipe.data.documents = documents }
    if vectors != nil, ![.causal, .masked].contains(recipe.objective.kind) {
      throw InputError(expected: "no --vectors for the recipe \(recipe.name)", found: "some")
    }
    switch recipe.objective.kind {
    // What learns from labels is refused by the run.
    case .causal, .masked, .classification, .translation, .tagging, .transcription, .similarity,
      .tasks:
      break
    case .contexts:
      guard validation == nil else {
        throw InputError(expected: "no --validation for word vectors", found: "one")
      }
      return try training.run(
        try WordVectorRun(
          recipe, in: training.output, data: data, tokenizer: tokenizer, report: training.note))
    case .bidirectional:
      return try training.run(
        try TrainingRun(
          embedding: recipe, in: training.output, data: data, tokenizer: tokenizer,
          validation: validation, report: training.note))
    }
    try training.run(
      try TrainingRun(
        recipe, in: training.output, data: data, tokenizer: tokenizer, validation: validation,
        vectors: try vectors.map(GivenVectors.init), report: training.note))
  }
}

extension DataRecipe.Documents: ExpressibleByArgument {}
