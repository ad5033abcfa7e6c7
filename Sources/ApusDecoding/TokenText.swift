/// A prompt with the tokens that were added to it, and the part of both that a model sees.
struct TokenText {
  private(set) var tokens: [Int32]
  private let promptCount: Int
  private var start = 0
  /// The tokens of the text, and how often each was added to the prompt.
  private(set) var occurrences: [Int32: Int] = [:]

  init(prompt: [Int32]) {
    tokens = prompt
    promptCount = prompt.count
    for token in prompt { occurrences[token] = 0 }
  }

  var visible: [Int32] { Array(tokens[start...]) }
  var added: [Int32] { Array(tokens[promptCount...]) }
  var addedCount: Int { tokens.count - promptCount }
  var last: Int32 { tokens[tokens.count - 1] }

  mutating func append(_ token: Int32) {
    tokens.append(token)
    occurrences[token, default: 0] += 1
  }

  func exceeds(_ contextLength: Int?) -> Bool {
    contextLength.map { tokens.count - start > $0 } ?? false
  }

  /// Forgets the beginning if the model can't see it all.
  mutating func slide(within contextLength: Int?) {
    guard let contextLength, exceeds(contextLength) else { return }
    start = tokens.count - max(1, contextLength / 2)
  }
}
