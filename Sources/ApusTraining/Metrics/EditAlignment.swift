/// The edits that make a right sequence of what was written, place by place.
///
/// Of alignments with as few edits it is one with the most elements side by side.
public struct EditAlignment<Element: Hashable & Sendable>: Sendable {
  /// An element that is right, and what was written for it: nil where one was left out or put in.
  public struct Pair: Sendable {
    public let reference, output: Element?
  }

  public private(set) var pairs: [Pair] = []
  public let counts: EditCounts

  public init(_ output: [Element], reference: [Element]) {
    self.init(output, reference: reference, tableLimit: 1 << 28)
  }

  /// Sequences whose table has more bytes than the limit are cut in two, for twice the time.
  init(_ output: [Element], reference: [Element], tableLimit: Int) {
    let path = EditPath(output, reference: reference)
    counts = path.counts
    var (row, column) = (0, 0)
    for step in path.steps(tableLimit: tableLimit) {
      pairs.append(
        Pair(
          reference: step == .insertion ? nil : reference[row],
          output: step == .deletion ? nil : output[column]))
      if step != .insertion { row += 1 }
      if step != .deletion { column += 1 }
    }
  }
}

/// How many edits of each kind outputs need.
public struct EditCounts: Sendable, Hashable {
  /// Elements that were put in, left out and mistaken for others.
  public var insertions = 0
  public var deletions = 0
  public var substitutions = 0
  /// The elements that are right.
  public var length = 0

  public init() {}

  /// The fewest edits, without their places: memory is only needed for the sequences.
  public init<Element: Hashable>(_ output: [Element], reference: [Element]) {
    self = EditPath(output, reference: reference).counts
  }

  public var total: Int { insertions + deletions + substitutions }

  /// Edits over the length; above 1 where more is wrong than was asked for.
  public var rate: Double { length == 0 ? Double(min(total, 1)) : Double(total) / Double(length) }

  public static func += (sum: inout EditCounts, counts: EditCounts) {
    sum.insertions += counts.insertions
    sum.deletions += counts.deletions
    sum.substitutions += counts.substitutions
    sum.length += counts.length
  }
}

/// The errors of transcripts: words and characters that are wrong.
public struct TranscriptScore: Sendable, Hashable {
  /// Of words, which white space parts.
  public private(set) var words = EditCounts()
  /// Of characters, with one space between words.
  public private(set) var characters = EditCounts()
  /// The number of transcripts, and of those that are right.
  public private(set) var count = 0
  public private(set) var rightCount = 0

  public init() {}

  /// Counts a transcript.
  ///
  /// - Returns: Its words beside the right ones.
  @discardableResult
  public mutating func add(_ output: String, reference: String) -> EditAlignment<Substring> {
    let outputWords = plainWords(Substring(output))
    let referenceWords = plainWords(Substring(reference))
    let alignment = EditAlignment(outputWords, reference: referenceWords)
    words += alignment.counts
    characters +=
      EditCounts(
        Array(outputWords.joined(separator: " ")),
        reference: Array(referenceWords.joined(separator: " ")))
    count += 1
    if alignment.counts.total == 0 { rightCount += 1 }
    return alignment
  }

  public static func += (sum: inout TranscriptScore, score: TranscriptScore) {
    sum.words += score.words
    sum.characters += score.characters
    sum.count += score.count
    sum.rightCount += score.rightCount
  }
}
