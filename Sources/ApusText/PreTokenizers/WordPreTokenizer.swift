import ApusFiles

/// Cuts text into words and runs of other signs, and drops white space: `\w+|[^\w\s]+`.
///
/// In `tokenizer.json` it is `Whitespace`.
public struct WordPreTokenizer: PreTokenizer, Equatable {
  public init() {}

  public var json: JSONValue { .object([("type", .string("Whitespace"))]) }

  public func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>]) {
    let classes = ScalarClasses.shared
    var start = 0
    var kind: ScalarClass = .whitespace
    var index = 0
    while index < text.count {
      let (value, end) = scalar(at: index, in: text)
      let next = classes[value].intersection([.word, .whitespace])
      if next != kind {
        if kind != .whitespace { pieces.append(start..<index) }
        (start, kind) = (index, next)
      }
      index = end
    }
    if kind != .whitespace { pieces.append(start..<index) }
  }

  public func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    partsWords(text, at: index)
  }
}
