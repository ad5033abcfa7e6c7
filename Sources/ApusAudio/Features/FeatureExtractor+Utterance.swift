import ApusFiles

extension FeatureExtractor {
  /// The features of an utterance, from its audio or from a file of features, as the settings say.
  ///
  /// - Returns: [T, width], row after row.
  /// - Throws: `FileError`; `InputError` naming the file, also where settings for audio meet a file of
  ///   features or the other way round.
  public func features(of utterance: Utterance) throws -> [Float] {
    switch (utterance.source, settings.kind) {
    case (.features(let path), .file):
      return features(ofFrames: try FeatureFile.read(path, width: settings.fileWidth).values)
    case (.audio(let path), .file):
      throw InputError(file: path, expected: "a file of features", found: "audio")
    default: return features(of: try utterance.samples(rate: settings.sampleRate))
    }
  }
}
