import ApusLayers

extension Mode {
  /// How an encoder runs under a model that runs so: a frozen one as in evaluation, in training too.
  func ofEncoder(isFrozen: Bool) -> Mode { isFrozen ? .evaluation(precision) : self }
}
