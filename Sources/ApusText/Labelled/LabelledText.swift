/// A text and the class that it belongs to.
public struct LabelledText: Sendable, Hashable {
  public var label: String
  public var text: String

  public init(label: String, text: String) {
    self.label = label
    self.text = text
  }
}
