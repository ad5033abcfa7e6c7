import ApusLayers
import ApusTensors

/// A language model that continues texts, of any architecture.
public enum CausalModel: Sendable {
  case gpt(GPT)
  case recurrent(RecurrentLanguageModel)
  case window(WindowLanguageModel)

  /// What a model keeps of some texts, to go on from.
  public enum State: Sendable {
    case attention(GPT.Cache)
    case recurrent([RecurrentState])
    case window(WindowLanguageModel.Context, length: Int)

    /// The state of some of the texts, in the given order.
    public func selecting(_ texts: [Int]) -> State {
      switch self {
      case .attention(let cache): .attention(cache.selecting(texts))
      case .recurrent(let states): .recurrent(states.map { $0.selecting(texts) })
      case .window(let context, let length):
        .window(context.selecting(texts, windowLength: length), length: length)
      }
    }
  }

  /// The most tokens that a text can have; nil if there is no bound.
  public var contextLength: Int? {
    switch self {
    case .gpt(let model): model.config.contextLength
    case .recurrent, .window: nil
    }
  }

  /// The number of token ids.
  public var vocabularySize: Int {
    switch self {
    case .gpt(let model): model.config.vocabularySize
    case .recurrent(let model): model.config.vocabularySize
    case .window(let model): model.config.vocabularySize
    }
  }

  /// The ids that each end a text; the first stands between texts.
  public var ends: [Int] {
    switch self {
    case .gpt(let model): model.config.ends
    case .recurrent(let model): model.config.ends
    case .window(let model): model.config.ends
    }
  }

  /// Reads prompts and gives the logits of the token after each.
  ///
  /// - Shapes: ids [N] over B sequences of at least one token → [B, V]
  public func start(_ prompts: Sequences, _ mode: Mode) -> (logits: Tensor, state: State) {
    switch self {
    case .gpt(let model):
      let (logits, cache) = model.start(prompts, mode)
      return (logits, .attention(cache))
    case .recurrent(let model):
      let (logits, states) = model.start(prompts, mode)
      return (logits, .recurrent(states))
    case .window(let model):
      let (logits, context) = model.start(prompts, mode)
      return (logits, .window(context, length: model.config.windowLength))
    }
  }

  /// Appends a token to each sequence and gives the logits of the one after it.
  ///
  /// - Shapes: tokens [B] → [B, V]
  public func next(_ tokens: Tensor, extending state: inout State, _ mode: Mode) -> Tensor {
    switch (self, state) {
    case (.gpt(let model), .attention(var cache)):
      // Held once, so that the cache grows in place.
      state = .recurrent([])
      defer { state = .attention(cache) }
      return model.next(tokens, extending: &cache, mode)
    case (.recurrent(let model), .recurrent(var states)):
      defer { state = .recurrent(states) }
      return model.next(tokens, extending: &states, mode)
    case (.window(let model), .window(var context, let length)):
      defer { state = .window(context, length: length) }
      return model.next(tokens, extending: &context, mode)
    default: preconditionFailure("next: expected a state of the same model")
    }
  }
}

extension LanguageModel {
  /// The model as one that continues texts; nil for a masked one.
  public var causal: CausalModel? {
    switch self {
    case .gpt(let model): .gpt(model)
    case .bert: nil
    case .recurrent(let model): .recurrent(model)
    case .window(let model): .window(model)
    }
  }
}
