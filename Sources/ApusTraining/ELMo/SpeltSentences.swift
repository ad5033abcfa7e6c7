import ApusFiles
import ApusModels
import ApusTensors
import ApusText

/// Sentences as words that are both spelt and, where the vocabulary has them, known.
///
/// Each distinct word is kept once, whatever the length of the text.
struct SpeltSentences: Sendable {
  /// The characters of each distinct word; those of the marks of sentences first.
  private(set) var spellings: [[Int32]]
  /// The id of each distinct word in the vocabulary.
  private(set) var ids: [Int32]
  /// The distinct words of all sentences end to end, their marks among them.
  private(set) var words: [Int32] = []
  /// Where each sentence starts in `words`, and the end.
  private(set) var offsets = [0]

  var count: Int { offsets.count - 1 }
  /// Words and marks of each sentence.
  var lengths: [Int] { zip(offsets, offsets.dropFirst()).map { $1 - $0 } }

  /// The token that stands for the begin and the end of sentences in the vocabulary.
  static let mark = Tokenizer.endOfText

  /// Reads a corpus, each of whose documents is a sentence.
  ///
  /// - Parameters:
  ///   - corpus: The sentences.
  ///   - tokenizer: Of words.
  ///   - spelling: How words become characters.
  ///   - limit: After how many words, marks included, to stop.
  /// - Throws: What reading throws; `InputError` for a tokenizer without the mark of sentences, or
  ///   a corpus without words.
  init(
    _ corpus: Corpus, _ tokenizer: Tokenizer, _ spelling: WordCharacters, limit: Int = .max
  ) throws {
    guard let mark = tokenizer.id(of: Self.mark) else {
      throw InputError(expected: "a tokenizer of words with \(Self.mark)", found: "one without")
    }
    spellings = [spelling.beginOfSentence, spelling.endOfSentence]
    ids = [mark, mark]
    var numbers: [[UInt8]: Int32] = [:]
    try corpus.forEachDocument { text, _ in
      guard words.count < limit else { return }
      let encoding = tokenizer.encode(String(decoding: text, as: UTF8.self))
      guard !encoding.ids.isEmpty else { return }
      words.append(0)
      for (id, range) in zip(encoding.ids, encoding.offsets) {
        let word = Array(text[range])
        let number = numbers[word] ?? Int32(ids.count)
        if Int(number) == ids.count {
          numbers[word] = number
          ids.append(id)
          spellings.append(spelling.ids(of: word))
        }
        words.append(number)
      }
      words.append(1)
      offsets.append(words.count)
    }
    guard count > 0 else {
      throw InputError(file: corpus.paths.first, expected: "sentences", found: "none")
    }
  }

  func batch(_ sentences: [Int]) -> ELMoBatch {
    var places: [Int32: Int32] = [:]
    var distinct: [[Int32]] = []
    let numbers = sentences.map { sentence in
      words[offsets[sentence]..<offsets[sentence + 1]].map { word -> Int32 in
        if let place = places[word] { return place }
        let place = Int32(distinct.count)
        places[word] = place
        distinct.append(spellings[Int(word)])
        return place
      }
    }
    let targets = sentences.flatMap { sentence in
      words[offsets[sentence]..<offsets[sentence + 1]].map { ids[Int($0)] }
    }
    return ELMoBatch(
      words: ELMo.Words(
        characters: Sequences(ids: distinct), numbers: Sequences(ids: numbers)),
      targets: Tensor(targets))
  }
}

/// Sentences that go through an `ELMo` together.
public struct ELMoBatch: TrainingBatch {
  let words: ELMo.Words
  /// The id of each word in the vocabulary, [N].
  let targets: Tensor

  public var tokenCount: Int { words.numbers.elementCount }
  /// Those of one direction.
  public var targetCounts: TargetCounts {
    TargetCounts(tokens: words.numbers.elementCount - words.numbers.count)
  }
}
