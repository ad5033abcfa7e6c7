import ApusFiles

/// Pre-tokenizers one behind the other: each cuts the pieces of the one before.
public struct SequencePreTokenizer: PreTokenizer {
  public let members: [any PreTokenizer]

  public init(_ members: [any PreTokenizer]) { self.members = members }

  init(_ field: JSONField) throws {
    members = try StepRow.members(of: field, "pretokenizers").compactMap(PreTokenizers.read)
    guard !members.dropLast().contains(where: \.spellsBytes) else {
      throw field["pretokenizers"].error(expected: "ByteLevel only as the last member")
    }
  }

  public var json: JSONValue {
    .object([("type", .string("Sequence")), ("pretokenizers", .array(members.map(\.json)))])
  }

  public func split(_ text: UnsafeBufferPointer<UInt8>, into pieces: inout [Range<Int>]) {
    guard !text.isEmpty else { return }
    var current = [0..<text.count]
    for member in members {
      var next: [Range<Int>] = []
      for piece in current {
        let start = next.count
        member.split(UnsafeBufferPointer(rebasing: text[piece]), into: &next)
        next.move(from: start, by: piece.lowerBound)
      }
      current = next
    }
    pieces.append(contentsOf: current)
  }

  public func pieces(
    of text: UnsafeBufferPointer<UInt8>, at place: TextPlace, into pieces: inout [Range<Int>],
    rewriting output: AlignedText
  ) -> Bool {
    guard !text.isEmpty else { return false }
    var current = CutText(text: text)
    for (index, member) in members.enumerated() {
      // What a member before has cut off is a section of its own.
      let place = index == 0 || place == .start ? place : .section
      current.cut(by: member, at: place, isTracking: output.isTracking)
    }
    pieces.append(contentsOf: current.pieces)
    guard let rewritten = current.rewritten else { return false }
    output.append(rewritten, from: 0)
    return true
  }

  /// Where the first member cuts, all see the same pieces.
  public func canCut(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    members.first?.canCut(text, at: index) ?? false
  }
}

/// Text between two members of a sequence.
private struct CutText {
  let text: UnsafeBufferPointer<UInt8>
  /// The changed form that pieces are of, if a member changed the text.
  var rewritten: AlignedText?
  var pieces: [Range<Int>]

  init(text: UnsafeBufferPointer<UInt8>) {
    self.text = text
    pieces = [0..<text.count]
  }

  mutating func cut(by member: any PreTokenizer, at place: TextPlace, isTracking: Bool) {
    let input = rewritten?.bytes ?? text
    // Stays empty as long as no piece is changed.
    let output = AlignedText()
    output.clear(tracking: isTracking)
    let changed = AlignedText()
    var isChanged = false
    var next: [Range<Int>] = []
    for piece in pieces {
      let bytes = UnsafeBufferPointer(rebasing: input[piece])
      let first = next.count
      changed.clear(tracking: isTracking)
      let place = piece.lowerBound == 0 || place == .continuation ? place : .section
      if member.pieces(of: bytes, at: place, into: &next, rewriting: changed) {
        if !isChanged {
          output.append(UnsafeBufferPointer(rebasing: input[..<piece.lowerBound]), from: 0)
          isChanged = true
        }
        next.move(from: first, by: output.count)
        output.append(changed, from: piece.lowerBound)
      } else {
        next.move(from: first, by: isChanged ? output.count : piece.lowerBound)
        if isChanged { output.append(bytes, from: piece.lowerBound) }
      }
    }
    pieces = next
    guard isChanged else { return }
    if let rewritten { output.compose(with: rewritten) }
    rewritten = output
  }
}

extension [Range<Int>] {
  /// Moves the ranges from an index on.
  fileprivate mutating func move(from start: Int, by distance: Int) {
    for index in start..<count {
      self[index] = self[index].lowerBound + distance..<self[index].upperBound + distance
    }
  }
}
