import ApusLayers
import ApusTensors

extension GPT {
  /// What the attention of every block has seen of some sequences.
  public struct Cache: Sendable {
    var blocks: [KeyValueCache]

    /// The number of tokens of each sequence.
    public var counts: [Int] { blocks[0].counts }

    /// The cache of some of the sequences, in the given order.
    public func selecting(_ sequences: [Int]) -> Cache {
      Cache(blocks: blocks.map { $0.selecting(sequences) })
    }
  }

  /// Reads prompts and gives the logits of the token after each.
  ///
  /// - Shapes: ids [N] over B sequences of 1 to `contextLength` tokens → [B, V]
  public func start(_ prompts: Sequences, _ mode: Mode) -> (logits: Tensor, state: Cache) {
    let empty = KeyValueCache(sequenceCount: prompts.count, headCount: config.headCount)
    var cache = Cache(blocks: Array(repeating: empty, count: config.layerCount))
    return (extend(&cache, by: prompts, mode), cache)
  }

  /// Appends a token to each sequence and gives the logits of the one after it.
  ///
  /// - Shapes: tokens [B] → [B, V]
  public func next(_ tokens: Tensor, extending cache: inout Cache, _ mode: Mode) -> Tensor {
    extend(&cache, by: Sequences(tokens, lengths: cache.counts.map { _ in 1 }), mode)
  }

  private func extend(_ cache: inout Cache, by ids: Sequences, _ mode: Mode) -> Tensor {
    withoutGradients {
      let embedded = embedded(ids, positions: cache.blocks[0].positions(of: ids), mode)
      return logits(ofStates: stack(embedded, extending: &cache.blocks, mode).lasts, mode)
    }
  }
}
