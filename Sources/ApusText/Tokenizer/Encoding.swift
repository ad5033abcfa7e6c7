/// The tokens of a text or of a pair of texts.
public struct Encoding: Sendable, Equatable {
  public var ids: [Int32]
  /// The segment of each token: 0, and 1 in the second text of a pair.
  public var typeIDs: [Int32]
  /// Where each token stands in its original text, as a range of UTF-8 bytes.
  ///
  /// It is empty for tokens that a post-processor put in.
  public var offsets: [Range<Int>]

  /// Whether each token was put in by a post-processor.
  public var specialTokensMask: [Bool]

  public init(ids: [Int32] = [], typeIDs: [Int32] = [], offsets: [Range<Int>] = []) {
    self.ids = ids
    self.typeIDs = typeIDs
    self.offsets = offsets
    specialTokensMask = Array(repeating: false, count: ids.count)
  }

  /// Some of the tokens.
  subscript(range: Range<Int>) -> Encoding {
    var part = Encoding(
      ids: Array(ids[range]), typeIDs: Array(typeIDs[range]), offsets: Array(offsets[range]))
    part.specialTokensMask = Array(specialTokensMask[range])
    return part
  }

  mutating func append(_ id: Int32, typeID: Int32, offset: Range<Int>) {
    ids.append(id)
    typeIDs.append(typeID)
    offsets.append(offset)
    specialTokensMask.append(false)
  }

  mutating func append(special id: Int32, typeID: Int32) {
    ids.append(id)
    typeIDs.append(typeID)
    offsets.append(0..<0)
    specialTokensMask.append(true)
  }

  mutating func append(_ other: Encoding, typeID: Int32) {
    ids.append(contentsOf: other.ids)
    typeIDs.append(contentsOf: repeatElement(typeID, count: other.ids.count))
    offsets.append(contentsOf: other.offsets)
    specialTokensMask.append(contentsOf: other.specialTokensMask)
  }
}
