import CApusKernels

/// Passes of skip-gram and CBOW over text.
///
/// Goals in their order: gradients that are those of the loss as written here, then speed.
///
/// A word is predicted from each of the words around it (skip-gram), or from their mean (CBOW). All
/// predictions of a centre word are one update, whose gradients are taken at the same weights; its
/// negative samples serve all of them, so that rows are read and written once. Where words have
/// subwords, skip-gram's centre word predicts those around it, each with negatives of its own, because
/// its many rows are then read once.
///
/// Threads take parts of the text and update the same rows without locks: one thread gives the same
/// bits every time, several do not.
///
/// - Source: Mikolov et al. 2013 (both papers); Bojanowski et al. 2017 for subwords; Recht et al.,
///   "Hogwild!", NIPS 2011; Ji et al. 2016 for shared negatives.
public struct WordVectorPass: Sendable {
  /// What the words to be predicted are told from.
  public enum Prediction: Sendable {
    /// Logistic regression against words drawn from a table.
    case negatives(AliasTable, count: Int)
    /// A decision at each inner node on the path to the word.
    case tree(HuffmanTree)
  }

  /// The most words of a sentence.
  ///
  /// Threads share the text by sentences: one endless sentence would be the work of one thread.
  public static let longestSentence = Int(APUS_LONGEST_SENTENCE)

  public let prediction: Prediction
  /// The most words on either side; how many is drawn for each word, 1 to this.
  public let window: Int
  /// Whether the words around are averaged: CBOW.
  public let isBag: Bool
  /// The input rows of each word, of which it is the mean; nil for the row of its own number alone.
  public let subwords: WordRows?
  private let keep: [UInt32]
  private let key: UInt64

  /// - Parameters:
  ///   - prediction: How words are predicted.
  ///   - window: At most a thousand.
  ///   - isBag: Whether the words around are averaged.
  ///   - keptShares: How likely each occurrence of a word is to be kept; 0 for ids that are no words.
  ///   - subwords: The input rows of each word.
  ///   - key: What all draws depend on.
  public init(
    _ prediction: Prediction, window: Int, isBag: Bool, keptShares: [Double],
    subwords: WordRows? = nil, _ key: RandomKey
  ) {
    precondition(1...1000 ~= window, "WordVectorPass: expected a window of 1 to 1000")
    if case .negatives(_, let count) = prediction {
      precondition(1...1000 ~= count, "WordVectorPass: expected 1 to 1000 negatives")
    }
    self.prediction = prediction
    self.window = window
    self.isBag = isBag
    self.subwords = subwords
    keep = keptShares.map { $0 >= 1 ? .max : UInt32(max(0, $0) * 0x1p32) }
    self.key = key.bits
  }

  /// The learning rate of a word by its number in the text.
  public struct Rate: Sendable {
    public var first, step, least: Double

    /// A rate that falls by `step` with each word, but not below `least`.
    public init(first: Double, step: Double, least: Double) {
      (self.first, self.step, self.least) = (first, step, least)
    }
  }

  /// The mean loss of a prediction in nats, over those of every sixteenth word.
  public struct Loss: Sendable {
    public var sum = 0.0
    public var count = 0.0
    public var mean: Double { sum / count }

    public init() {}

    public static func += (a: inout Loss, b: Loss) {
      a.sum += b.sum
      a.count += b.count
    }
  }

  /// Learns from a part of a text.
  ///
  /// - Parameters:
  ///   - ids: The words of all sentences.
  ///   - ends: Where each sentence ends in `ids`; none is longer than `longestSentence`.
  ///   - first: The number of the first word in the whole text, which draws and rates depend on.
  ///   - epoch: Which pass over the text it is.
  ///   - rate: By the number of the word in the text.
  ///   - weights: Changed in place.
  /// - Returns: The loss of every sixteenth word, before its update.
  public func learn(
    _ ids: [Int32], ends: [Int], first: Int, epoch: Int, rate: Rate,
    _ weights: inout WordVectorWeights
  ) -> Loss {
    precondition(
      ends.last ?? 0 == ids.count && zip([0] + ends, ends).allSatisfy { $0 <= $1 },
      "WordVectorPass: expected rising ends up to \(ids.count)")
    precondition(
      zip([0] + ends, ends).allSatisfy { $1 - $0 <= Self.longestSentence },
      "WordVectorPass: expected sentences of at most \(Self.longestSentence) words")
    for id in ids where id < 0 || Int(id) >= keep.count {
      preconditionFailure("WordVectorPass: expected ids in 0..<\(keep.count), got \(id)")
    }
    requireShape(
      weights.outputs.values, [outputCount, weights.inputs.values.columnCount],
      "WordVectorPass: outputs")
    precondition(
      weights.inputs.values.shape[0] >= (subwords?.rowLimit ?? keep.count),
      "WordVectorPass: too few inputs")
    weights.inputs.values.makeUnique()
    weights.outputs.values.makeUnique()
    let raw = apus_word_weights(
      inputs: weights.inputs.values.floats, outputs: weights.outputs.values.floats,
      stride: Int64(weights.inputs.values.columnCount))
    let ends = ends.map(Int64.init)
    let loss = ids.withUnsafeBufferPointer { ids in
      ends.withUnsafeBufferPointer { ends in
        var text = apus_word_text(
          ids: ids.baseAddress, ends: ends.baseAddress, sentence_count: Int64(ends.count),
          first: Int64(first), epoch: UInt64(epoch), rate: rate.first, rate_step: -rate.step,
          least_rate: rate.least)
        return withModel { apus_train_word_vectors(raw, $0, &text) }
      }
    }
    withExtendedLifetime(weights) {}
    var result = Loss()
    (result.sum, result.count) = (loss.loss, loss.predictions)
    return result
  }

  /// The number of output rows.
  public var outputCount: Int {
    switch prediction {
    case .negatives(let table, _): table.count
    case .tree(let tree): tree.innerNodeCount
    }
  }

  /// Lends the arrays to the kernel.
  private func withModel<Result>(
    _ body: (UnsafePointer<apus_word_model>) -> Result
  ) -> Result {
    var model = apus_word_model()
    (model.window, model.is_bag, model.key) = (Int32(window), isBag, key)
    return keep.withUnsafeBufferPointer { keep in
      model.keep = keep.baseAddress
      return withSubwords(&model) { model in
        switch prediction {
        case .negatives(let table, let count):
          return table.thresholds.withUnsafeBufferPointer { thresholds in
            table.aliases.withUnsafeBufferPointer { aliases in
              model.thresholds = thresholds.baseAddress
              model.aliases = aliases.baseAddress
              model.bucket_count = Int64(table.count)
              model.negatives = Int32(count)
              return body(&model)
            }
          }
        case .tree(let tree):
          return tree.nodes.withUnsafeBufferPointer { nodes in
            tree.turns.withUnsafeBufferPointer { turns in
              tree.starts.withUnsafeBufferPointer { starts in
                (model.nodes, model.turns) = (nodes.baseAddress, turns.baseAddress)
                model.path_starts = starts.baseAddress
                return body(&model)
              }
            }
          }
        }
      }
    }
  }

  private func withSubwords<Result>(
    _ model: inout apus_word_model, _ body: (inout apus_word_model) -> Result
  ) -> Result {
    guard let subwords else { return body(&model) }
    return subwords.rows.withUnsafeBufferPointer { rows in
      subwords.starts.withUnsafeBufferPointer { starts in
        (model.rows, model.row_starts) = (rows.baseAddress, starts.baseAddress)
        return body(&model)
      }
    }
  }
}
