/// A pattern by which a GPT model cuts text into words with what stands before them, written out by hand.
///
/// Every text is matched from end to end, so that a match begins where the one before it ends.
public enum WordPattern: Sendable, Equatable {
  /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
  ///
  /// - Source: Radford et al. 2019; `encoder.py` of their code.
  case gpt2
  /// GPT-4's, and with other numbers of digits that of Llama 3 and Qwen 2: contractions in any case, any one
  /// sign before letters, few digits at a time, and newlines with the signs before them.
  ///
  /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
  ///
  /// - Source: `cl100k_base` of tiktoken.
  case gpt4(maximumDigits: Int)

  /// Where the match that begins at `start`, an index of the text, ends.
  @inline(__always)
  func matchEnd(from start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    switch self {
    case .gpt2: gpt2End(from: start, in: text)
    case .gpt4(let maximumDigits): gpt4End(from: start, in: text, maximumDigits)
    }
  }
}

private func gpt2End(from start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
  let first = text[start]
  if first == UInt8(ascii: "'") {
    let length = contractionLength(at: start, in: text, ignoringCase: false)
    if length > 0 { return start + length }
  }
  if first == UInt8(ascii: " "), start + 1 < text.count {
    let (kind, end) = kindOfScalar(at: start + 1, in: text)
    if kind != .whitespace { return runEnd(of: kind, from: end, in: text) }
  }
  let (kind, end) = kindOfScalar(at: start, in: text)
  guard kind == .whitespace else { return runEnd(of: kind, from: end, in: text) }
  return spaceEnd(from: end, in: text)
}

private func gpt4End(
  from start: Int, in text: UnsafeBufferPointer<UInt8>, _ maximumDigits: Int
) -> Int {
  let first = text[start]
  if first == UInt8(ascii: "'") {
    let length = contractionLength(at: start, in: text, ignoringCase: true)
    if length > 0 { return start + length }
  }
  let (kind, end) = kindOfScalar(at: start, in: text)
  switch kind {
  case .letter: return runEnd(of: .letter, from: end, in: text)
  case .number: return numberEnd(from: end, in: text, maximumDigits - 1)
  case .whitespace, .other: break
  }
  var next: (kind: ScalarKind, end: Int)?
  if end < text.count { next = kindOfScalar(at: end, in: text) }
  if let next, next.kind == .letter, !isNewline(first) {
    return runEnd(of: .letter, from: next.end, in: text)
  }
  if kind == .other {
    return newlinesEnd(from: runEnd(of: .other, from: end, in: text), in: text)
  }
  if let next, next.kind == .other, first == UInt8(ascii: " ") {
    return newlinesEnd(from: runEnd(of: .other, from: next.end, in: text), in: text)
  }
  // `\s*[\r\n]+` goes on to the last newline of the white space.
  var last = runEnd(of: .whitespace, from: end, in: text)
  while last > start, !isNewline(text[last - 1]) { last -= 1 }
  return last > start ? last : spaceEnd(from: end, in: text)
}

/// The end of `\s+(?!\S)|\s+`, which leaves the last white space to the word behind it; the first ends
/// at `end`.
@inline(__always)
private func spaceEnd(from end: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
  let last = runEnd(of: .whitespace, from: end, in: text)
  guard last < text.count, last > end else { return last }
  return scalarStart(before: last, in: text)
}

private func numberEnd(
  from start: Int, in text: UnsafeBufferPointer<UInt8>, _ most: Int
) -> Int {
  var (index, left) = (start, most)
  while left > 0, index < text.count {
    let (kind, end) = kindOfScalar(at: index, in: text)
    if kind != .number { break }
    index = end
    left -= 1
  }
  return index
}

private func newlinesEnd(from start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
  var index = start
  while index < text.count, isNewline(text[index]) { index += 1 }
  return index
}

private func isNewline(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

/// The length of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d` at an index, or 0.
private func contractionLength(
  at index: Int, in text: UnsafeBufferPointer<UInt8>, ignoringCase: Bool
) -> Int {
  let folding: UInt8 = ignoringCase ? 0x20 : 0
  func letter(_ offset: Int) -> UInt8 {
    index + offset < text.count ? text[index + offset] | folding : 0
  }
  switch letter(1) {
  case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
  case UInt8(ascii: "r"), UInt8(ascii: "v"): return letter(2) == UInt8(ascii: "e") ? 3 : 0
  case UInt8(ascii: "l"): return letter(2) == UInt8(ascii: "l") ? 3 : 0
  // The long s, which is an s apart from case.
  case 0xC5 | folding: return ignoringCase && scalar(at: index + 1, in: text).value == 0x17F ? 3 : 0
  default: return 0
  }
}

/// What the patterns tell apart.
private enum ScalarKind { case letter, number, whitespace, other }

@inline(__always)
private func kindOfScalar(
  at index: Int, in text: UnsafeBufferPointer<UInt8>
) -> (kind: ScalarKind, end: Int) {
  let byte = text[index]
  if byte < 0x80 { return (asciiKind(byte), index + 1) }
  let (value, end) = multibyteScalar(at: index, in: text)
  let kind = ScalarClasses.shared[value]
  if kind.contains(.letter) { return (.letter, end) }
  if kind.contains(.number) { return (.number, end) }
  return (kind.contains(.whitespace) ? .whitespace : .other, end)
}

@inline(__always)
private func asciiKind(_ byte: UInt8) -> ScalarKind {
  let lower = byte | 0x20
  if UInt8(ascii: "a")...UInt8(ascii: "z") ~= lower { return .letter }
  if UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { return .number }
  return byte == 0x20 || 0x09...0x0D ~= byte ? .whitespace : .other
}

@inline(__always)
private func runEnd(
  of kind: ScalarKind, from start: Int, in text: UnsafeBufferPointer<UInt8>
) -> Int {
  var index = start
  while index < text.count {
    let (next, end) = kindOfScalar(at: index, in: text)
    if next != kind { return index }
    index = end
  }
  return index
}
