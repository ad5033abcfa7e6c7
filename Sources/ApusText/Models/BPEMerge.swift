/// A merge of a byte-pair encoding, as ids of a vocabulary.
public struct BPEMerge: Sendable, Equatable {
  public var left, right, result: Int32

  public init(left: Int32, right: Int32, result: Int32) {
    self.left = left
    self.right = right
    self.result = result
  }
}
