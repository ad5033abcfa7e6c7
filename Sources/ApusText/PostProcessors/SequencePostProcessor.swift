import ApusFiles

/// Post-processors one behind the other, of which one at most adds tokens.
public struct SequencePostProcessor: PostProcessor {
  public let members: [any PostProcessor]
  /// The member that adds tokens.
  private let joining: (any PostProcessor)?

  init(_ field: JSONField) throws {
    members = try StepRow.members(of: field, "processors").compactMap(PostProcessors.read)
    let joining = members.filter { !($0 is ByteLevelPostProcessor) }
    guard joining.count <= 1 else {
      throw field["processors"].error(expected: "one member at most that is not ByteLevel")
    }
    self.joining = joining.first
  }

  public var json: JSONValue {
    .object([("type", .string("Sequence")), ("processors", .array(members.map(\.json)))])
  }

  public func adjusted(_ encoding: Encoding, of text: String) -> Encoding {
    members.reduce(encoding) { $1.adjusted($0, of: text) }
  }

  public func join(
    _ first: Encoding, _ second: Encoding?, addsSpecialTokens: Bool
  ) -> Encoding {
    joining?.join(first, second, addsSpecialTokens: addsSpecialTokens)
      ?? PostProcessors.join(first, second)
  }
}
