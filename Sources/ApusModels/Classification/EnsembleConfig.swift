import ApusFiles

/// Which classifiers of a directory decide together, and how.
public struct EnsembleConfig: Sendable, Equatable {
  /// How the answers of several classifiers become one.
  public enum Vote: String, Sendable, CaseIterable {
    /// The label that most members find the most probable; of equals, that of the greatest mean probability.
    case majority
    /// The label of the greatest mean probability.
    case average
  }

  public static let modelType = "rmdl"

  /// The classes that all members tell apart.
  public var labels: [String]
  public var vote: Vote
  /// The directory of each member, seen from that of the ensemble.
  public var members: [String]

  public init(labels: [String], vote: Vote, members: [String]) {
    self.labels = labels
    self.vote = vote
    self.members = members
  }

  /// Reads the `config.json` of an ensemble; nil in a directory of another model.
  ///
  /// - Throws: `FileError`; `InputError` naming the key that can't be used.
  public init?(directory: String) throws {
    let json = try ModelDirectory.configuration(of: directory)
    guard try json["model_type"].optionalString() == Self.modelType else { return nil }
    labels = try json["labels"].array().map { try $0.string() }
    vote = try json.choice("vote", default: .majority)
    members = try json["members"].array().map { field in
      let name = try field.string()
      guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
        throw field.error(expected: "a directory inside that of the ensemble")
      }
      return name
    }
    guard !members.isEmpty else { throw json["members"].error(expected: "one member or more") }
  }

  /// The form in `config.json`.
  public var json: JSONValue {
    .object([
      ("model_type", .string(Self.modelType)), ("labels", .array(labels.map { .string($0) })),
      ("vote", .string(vote.rawValue)), ("members", .array(members.map { .string($0) })),
    ])
  }

  /// Writes `config.json`.
  ///
  /// - Throws: `FileError` if it can't be written.
  public func save(to directory: String) throws {
    try writeAtomically(json.text + "\n", to: "\(directory)/\(ModelDirectory.configName)")
  }
}
