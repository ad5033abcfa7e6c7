import ApusFiles
import ApusLayers
import ApusModels
import ApusText
import Foundation

/// Classifiers that decide together, each reading texts in its own way; a single one decides alone.
public struct ClassifierEnsemble: Sendable {
  public let members: [StoredClassifier]
  /// The directories of the members.
  public let names: [String]
  public let labels: [String]
  public let vote: EnsembleConfig.Vote
  /// Whether this is the directory of an ensemble, and not of one classifier.
  public let isEnsemble: Bool

  /// Loads the directory of an ensemble, or of a single classifier.
  ///
  /// - Parameters:
  ///   - directory: What `apus train` made.
  ///   - vote: How members decide; nil as the directory says.
  /// - Throws: `FileError`; `InputError` naming a member that is missing or tells other labels apart.
  public init(_ directory: String, vote: EnsembleConfig.Vote? = nil) throws {
    guard let config = try EnsembleConfig(directory: directory) else {
      guard vote == nil else {
        throw InputError(
          file: directory, expected: "an ensemble, whose members can vote",
          found: "a single classifier")
      }
      members = [try StoredClassifier(directory)]
      (names, labels) = ([directory], members[0].model.config.labels)
      (self.vote, isEnsemble) = (.majority, false)
      return
    }
    members = try config.members.map { name in
      let path = "\(directory)/\(name)"
      guard FileManager.default.fileExists(atPath: path) else {
        throw InputError(file: path, expected: "a member of the ensemble", found: "no directory")
      }
      let member = try StoredClassifier(path)
      guard member.model.config.labels == config.labels else {
        throw InputError(
          file: path, expected: "the \(config.labels.count) labels of the ensemble",
          found: "\(member.model.config.labels.count) labels, of which "
            + "\(Set(config.labels).intersection(member.model.config.labels).count) are the same")
      }
      return member
    }
    (names, labels, isEnsemble) = (config.members, config.labels, true)
    self.vote = vote ?? config.vote
  }

  /// What the members think of each text, in the order of the texts.
  public func opinions(
    on texts: [String], _ precision: Mode.Precision = .fp32
  ) -> [EnsembleOpinion] {
    let answers = members.map { $0.probabilities(of: texts, precision) }
    let thresholds = members.map(\.model.config.thresholds)
    return texts.indices.map { text in
      EnsembleOpinion(answers.map { $0[text] }, thresholds: thresholds)
    }
  }
}
