/// What a run learns from, is measured on or starts from.
public struct RunSource: Sendable, Equatable {
  /// What it is to the run, such as `validation` or `encoder`; a run has one source of each role.
  public let role: String
  /// A file, a directory, or `-` for standard input.
  public let path: String

  public init(_ role: String, _ path: String) {
    self.role = role
    self.path = path
  }

  /// Nil where a run has none of the role.
  public init?(_ role: String, _ path: String?) {
    guard let path else { return nil }
    self.init(role, path)
  }
}
