/// What a model starts from where that is not drawn, and what of it stays.
public struct StartingPoint: Sendable {
  /// Values of parameters by their names; others are drawn.
  public var values: [String: Tensor]
  /// The names of parameters that stay as they are.
  public var frozen: [NamePattern]
  /// What the names of a pretrained encoder's parameters begin with, up to and with the last dot; nil
  /// where there is none.
  public var encoder: String?
  /// The matrices that learn by changes of low rank.
  public var adapters: LowRankAdapters?

  public init(
    values: [String: Tensor] = [:], frozen: [NamePattern] = [], encoder: String? = nil
  ) {
    self.values = values
    self.frozen = frozen
    self.encoder = encoder
  }

  /// Whether the parameter of a name stays as it is.
  public func freezes(_ name: String) -> Bool { frozen.contains { $0.matches(name) } }
}
