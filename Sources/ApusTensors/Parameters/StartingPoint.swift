/// What a model starts from where that is not drawn, and what of it stays.
public struct StartingPoint: Sendable {
  /// Values of parameters by their names; others are drawn.
  public var values: [String: Tensor]
  /// What the names of parameters that stay as they are begin with.
  public var frozen: [String]

  public init(values: [String: Tensor] = [:], frozen: [String] = []) {
    self.values = values
    self.frozen = frozen
  }

  func freezes(_ name: String) -> Bool { frozen.contains { name.hasPrefix($0) } }
}
