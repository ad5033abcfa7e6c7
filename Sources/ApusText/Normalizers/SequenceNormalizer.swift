import ApusFiles

/// Normalizers one behind the other.
public struct SequenceNormalizer: Normalizer {
  public let members: [any Normalizer]

  public init(_ members: [any Normalizer]) { self.members = members }

  init(_ field: JSONField) throws {
    members = try StepRow.members(of: field, "normalizers").compactMap(Normalizers.read)
    guard growth <= Normalizers.maximumGrowth else {
      throw field["normalizers"].error(
        expected: "replacements that make text at most \(Normalizers.maximumGrowth) times longer")
    }
  }

  public var json: JSONValue {
    .object([("type", .string("Sequence")), ("normalizers", .array(members.map(\.json)))])
  }

  public var growth: Int { Normalizers.growth(members.map(\.growth)) }

  public var allowsCuts: Bool { members.allSatisfy(\.allowsCuts) }

  public func normalize(_ text: UnsafeBufferPointer<UInt8>, into output: AlignedText) {
    guard let last = members.last else { return output.append(text, from: 0) }
    var input = AlignedText()
    var spare = AlignedText()
    for (index, member) in members.dropLast().enumerated() {
      spare.clear(tracking: output.isTracking)
      member.normalize(index == 0 ? text : input.bytes, into: spare)
      if index > 0 { spare.compose(with: input) }
      swap(&input, &spare)
    }
    if members.count == 1 {
      last.normalize(text, into: output)
    } else {
      last.normalize(input.bytes, into: output)
      output.compose(with: input)
    }
  }
}
