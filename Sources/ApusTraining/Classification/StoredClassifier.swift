import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors

/// A classifier with what it reads texts by, as a directory holds both.
public struct StoredClassifier: Sendable {
  public let model: SequenceClassifier
  public let reader: TextReader

  /// Loads a model directory.
  ///
  /// - Throws: `FileError` or `InputError` naming the file and what does not fit.
  public init(_ directory: String) throws {
    model = try SequenceClassifier.load(directory).model
    reader = try TextReader(directory, fitting: model.config)
  }

  /// The probability of each label for each text, in the orders of both.
  public func probabilities(of texts: [String], _ precision: Mode.Precision) -> [[Float]] {
    reader.read(texts).results { model($0, .evaluation(precision)).softmax() }
  }

  /// What the model sees of each text: the values that its classes are told from.
  public func features(of texts: [String], _ precision: Mode.Precision) -> [[Float]] {
    reader.read(texts).results { model.features($0, .evaluation(precision)) }
  }
}
