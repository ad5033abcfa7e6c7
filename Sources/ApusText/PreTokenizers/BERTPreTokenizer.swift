import ApusFiles

/// Cuts at white space, which it drops, and around each punctuation mark.
///
/// - Source: `BasicTokenizer` of Devlin et al. 2019: every ASCII sign counts as punctuation.
public struct BERTPreTokenizer: PreTokenizer, Equatable {
  public init() {}

  public var json: JSONValue { .object([("type", .string("BertPreTokenizer"))]) }

  public func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    partsWords(text, at: index)
  }

  public func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>]) {
    let classes = ScalarClasses.shared
    let separators: ScalarClass = [.whitespace, .punctuation]
    var start = 0
    var index = 0
    while index < text.count {
      let (value, end) = scalar(at: index, in: text)
      let kind = classes[value]
      if !kind.isDisjoint(with: separators) {
        if start < index { pieces.append(start..<index) }
        if !kind.contains(.whitespace) { pieces.append(index..<end) }
        start = end
      }
      index = end
    }
    if start < index { pieces.append(start..<index) }
  }
}
