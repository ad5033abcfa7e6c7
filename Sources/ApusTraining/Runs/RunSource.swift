/// What a run learns from, is measured on or starts from.
public struct RunSource: Sendable, Equatable {
  /// What it is to the run, such as `validation` or `encoder`; a run has one source of each role.
  public let role: String
  /// A file, a directory, or `-` for standard input.
  public let path: String
  /// How it is read, where that is not as files of its kind usually are, such as `--text-column body`.
  public let reading: String?

  public init(_ role: String, _ path: String, reading: String? = nil) {
    self.role = role
    self.path = path
    self.reading = reading
  }

  /// Nil where a run has none of the role.
  public init?(_ role: String, _ path: String?, reading: String? = nil) {
    guard let path else { return nil }
    self.init(role, path, reading: reading)
  }
}
