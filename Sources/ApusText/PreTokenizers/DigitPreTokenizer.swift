import ApusFiles

/// Cuts text around numbers: runs of digits, or each digit.
///
/// A digit is what has one of the general categories Nd, Nl and No.
public struct DigitPreTokenizer: PreTokenizer, Equatable {
  public var isolatesEach: Bool

  public init(isolatesEach: Bool = false) { self.isolatesEach = isolatesEach }

  init(_ field: JSONField) throws {
    isolatesEach = try field["individual_digits"].bool(default: false)
  }

  public var json: JSONValue {
    .object([("type", .string("Digits")), ("individual_digits", .bool(isolatesEach))])
  }

  public func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>]) {
    PieceCollector.split(text, at: .number, isolatesEach ? .isolated : .contiguous, into: &pieces)
  }
}
