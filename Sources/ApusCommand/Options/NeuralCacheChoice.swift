import ApusTraining
import ArgumentParser

/// Whether and how the probabilities of a recurrent model are mixed with those of a cache.
struct NeuralCacheChoice: ParsableArguments {
  @Option(help: "Words that the cache keeps; none is used without.")
  var cacheSize: Int?

  @Option(help: "What products of states are multiplied by.")
  var cacheSharpness = NeuralCache.Options().sharpness

  @Option(help: "The share of the cache in the mixture.")
  var cacheWeight = NeuralCache.Options().weight

  func validate() throws {
    if let cacheSize, cacheSize < 1 {
      throw ValidationError("--cache-size must be at least 1, got \(cacheSize).")
    }
    guard cacheSharpness >= 0, cacheSharpness.isFinite else {
      throw ValidationError("--cache-sharpness must be at least 0, got \(cacheSharpness).")
    }
    guard 0..<1 ~= cacheWeight else {
      throw ValidationError("--cache-weight must be in 0..<1, got \(cacheWeight).")
    }
  }

  var options: NeuralCache.Options? {
    cacheSize.map { .init(size: $0, sharpness: cacheSharpness, weight: cacheWeight) }
  }
}
