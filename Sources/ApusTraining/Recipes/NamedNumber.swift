/// A number under a name: a factor and the pattern of what it is for.
public struct NamedNumber: Equatable, Sendable {
  public var name: String
  public var number: Double

  public init(name: String, number: Double) {
    self.name = name
    self.number = number
  }
}
