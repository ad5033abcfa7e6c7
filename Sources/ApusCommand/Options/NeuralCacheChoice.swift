import ApusTraining
import ArgumentParser

/// Whether and how the probabilities of a recurrent model are mixed with those of a cache.
struct NeuralCacheChoice: ParsableArguments {
  @Option(help: "Words that the cache keeps; none is used without.")
  var cacheSize: Int?

  @Option(help: "What products of states are multiplied by. (default: 0.3)")
  var cacheSharpness: Double?

  @Option(help: "The share of the cache in the mixture. (default: 0.1)")
  var cacheWeight: Double?

  func validate() throws {
    if let cacheSize, cacheSize < 1 {
      throw ValidationError("--cache-size must be at least 1, got \(cacheSize).")
    }
    if let cacheSharpness, !(0..<Double.infinity ~= cacheSharpness) {
      throw ValidationError("--cache-sharpness must be at least 0, got \(cacheSharpness).")
    }
    if let cacheWeight, !(0..<1 ~= cacheWeight) {
      throw ValidationError("--cache-weight must be in 0..<1, got \(cacheWeight).")
    }
    guard cacheSize != nil || (cacheSharpness == nil && cacheWeight == nil) else {
      throw ValidationError("--cache-sharpness and --cache-weight need --cache-size.")
    }
  }

  var isGiven: Bool { cacheSize != nil }

  var options: NeuralCache.Options? {
    guard let cacheSize else { return nil }
    var options = NeuralCache.Options(size: cacheSize)
    if let cacheSharpness { options.sharpness = cacheSharpness }
    if let cacheWeight { options.weight = cacheWeight }
    return options
  }
}
