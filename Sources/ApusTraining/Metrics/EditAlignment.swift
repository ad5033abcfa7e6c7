/// The edits that make a right sequence of what was written, place by place.
///
/// - Source: Levenshtein 1966, by the dynamic programme of Wagner & Fischer 1974. Of alignments with as
///   few edits it is the one with the most elements side by side.
public struct EditAlignment<Element: Equatable & Sendable>: Sendable {
  /// An element that is right, and what was written for it: nil where one was left out or put in.
  public struct Pair: Sendable {
    public let reference, output: Element?
  }

  public private(set) var pairs: [Pair] = []
  public private(set) var counts = EditCounts()

  public init(_ output: [Element], reference: [Element]) {
    let columns = output.count + 1
    var distances = [Int32](repeating: 0, count: (reference.count + 1) * columns)
    for column in 0..<columns { distances[column] = Int32(column) }
    for row in 1..<max(1, reference.count + 1) {
      distances[row * columns] = Int32(row)
      for column in 1..<max(1, columns) {
        let place = row * columns + column
        let isSame = reference[row - 1] == output[column - 1]
        distances[place] = min(
          distances[place - columns - 1] + (isSame ? 0 : 1), distances[place - columns] + 1,
          distances[place - 1] + 1)
      }
    }
    var (row, column) = (reference.count, output.count)
    while row > 0 || column > 0 {
      let place = row * columns + column
      if row > 0, column > 0 {
        let isSame = reference[row - 1] == output[column - 1]
        if distances[place] == distances[place - columns - 1] + (isSame ? 0 : 1) {
          row -= 1
          column -= 1
          pairs.append(Pair(reference: reference[row], output: output[column]))
          if !isSame { counts.substitutions += 1 }
          continue
        }
      }
      if row > 0, distances[place] == distances[place - columns] + 1 {
        row -= 1
        pairs.append(Pair(reference: reference[row], output: nil))
        counts.deletions += 1
      } else {
        column -= 1
        pairs.append(Pair(reference: nil, output: output[column]))
        counts.insertions += 1
      }
    }
    pairs.reverse()
    counts.length = reference.count
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
      EditAlignment(
        Array(outputWords.joined(separator: " ")),
        reference: Array(referenceWords.joined(separator: " "))
      ).counts
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
