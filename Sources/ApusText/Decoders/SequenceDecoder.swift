import ApusFiles

/// Decoders one behind the other.
public struct SequenceDecoder: TokenDecoder {
  public let members: [any TokenDecoder]

  public init(_ members: [any TokenDecoder]) { self.members = members }

  init(_ field: JSONField) throws {
    members = try StepRow.members(of: field, "decoders").compactMap(TokenDecoders.read)
    guard growth <= Normalizers.maximumGrowth else {
      throw field["decoders"].error(
        expected: "replacements that make text at most \(Normalizers.maximumGrowth) times longer")
    }
  }

  public var json: JSONValue {
    .object([("type", .string("Sequence")), ("decoders", .array(members.map(\.json)))])
  }

  public var growth: Int { Normalizers.growth(members.map(\.growth)) }

  public func parts(of tokens: [String]) -> [String] {
    members.reduce(tokens) { $1.parts(of: $0) }
  }

  public func byteParts(of tokens: [[UInt8]]) -> [[UInt8]] {
    members.reduce(tokens) { $1.byteParts(of: $0) }
  }
}
