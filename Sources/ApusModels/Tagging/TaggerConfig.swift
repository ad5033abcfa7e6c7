import ApusFiles
import ApusText

/// The sizes and settings of a tagger, read from and written to `config.json`.
///
/// The defaults are those of Lample et al. 2016.
public struct TaggerConfig: Sendable, Hashable {
  /// What looks at the characters of a word.
  public enum Characters: String, Sendable, CaseIterable {
    case lstm, cnn, none
  }

  /// The tags in the order of their labels.
  public var tags: [String]
  /// The scheme of the tags, whose rules decoding keeps; nil for tags that stand for themselves.
  public var scheme: TagScheme?
  /// The sizes of the lexicon, both with the unknown.
  public var wordCount, characterCount: Int
  /// The pretrained network that encodes words beside the tagger's own vectors; nil for none.
  public var encoder: PretrainedConfig?
  /// Whether the pretrained network learns too.
  public var isFineTuned = false
  /// The size of a word's own vector; 0 for none.
  public var wordSize = 100
  public var characters = Characters.lstm
  /// The size of a character's vector.
  public var characterSize = 25
  /// Units of the network over characters in each direction, or its convolutions.
  public var spellingSize = 25
  /// The size of the vector of what a word's letters look like; 0 for none.
  public var casingSize = 0
  /// Units of each LSTM over words, in each direction.
  public var hiddenSize = 100
  /// The number of LSTMs over words; 0 for a head right behind the vectors.
  public var layerCount = 1
  /// The share of elements that are dropped from what goes into the layers over words and comes out.
  public var dropout: Float = 0.5
  /// Whether the tags of a sentence are chosen together, by a conditional random field.
  public var hasChain = true

  public init(tags: [String], scheme: TagScheme?, wordCount: Int, characterCount: Int) {
    self.tags = tags
    self.scheme = scheme
    self.wordCount = wordCount
    self.characterCount = characterCount
  }

  /// Whether words have vectors of the tagger's own.
  var hasLexicon: Bool { wordSize > 0 || characters != .none || casingSize > 0 }

  /// The number of weights of the tables and of a pretrained network; in Double, so that no sizes
  /// overflow.
  var tableWeightCount: Double {
    let characters = characters == .none ? 0 : Double(characterCount) * Double(characterSize)
    return Double(wordCount) * Double(wordSize) + characters + (encoder?.parameterCount ?? 0)
      + (hasChain ? Double(tags.count) * Double(tags.count) : 0)
  }
}

extension TaggerConfig {
  /// The `model_type` of a tagger's `config.json`.
  public static let modelType = "tagger"

  /// Reads a `config.json`.
  ///
  /// - Throws: `InputError` naming the first key with a value that no tagger can have.
  public init(_ json: JSONField) throws {
    guard try json["model_type"].optionalString() == Self.modelType else {
      throw json["model_type"].error(expected: "\"\(Self.modelType)\"")
    }
    let tags = try json["tags"].array().map { try $0.string() }
    guard !tags.isEmpty, Set(tags).count == tags.count else {
      throw json["tags"].error(expected: "different tags")
    }
    func size(_ key: String, from least: Int = 1) throws -> Int {
      try json[key].integer(in: least...ConfigurationLimit.size)
    }
    self.init(
      tags: tags, scheme: nil,
      wordCount: try json["vocab_size"].integer(in: 1...ConfigurationLimit.vocabulary),
      characterCount: try json["character_vocab_size"].integer(
        in: 1...ConfigurationLimit.vocabulary))
    if !json["scheme"].isNull {
      scheme = try json.choice("scheme", default: .iobes)
      for (tag, field) in zip(tags, try json["tags"].array()) where !TagScheme.isTag(tag) {
        throw field.error(expected: "O, or a tag such as B-PER")
      }
    }
    encoder = try json["encoder"].isNull ? nil : PretrainedConfig(json["encoder"])
    isFineTuned = try json["fine_tuned"].bool(default: isFineTuned)
    wordSize = try size("word_size", from: 0)
    characters = try json.choice("characters", default: characters)
    characterSize = try size("character_size")
    spellingSize = try size("character_hidden_size")
    casingSize = try size("casing_size", from: 0)
    hiddenSize = try size("hidden_size")
    layerCount = try json["num_hidden_layers"].integer(in: 0...ConfigurationLimit.layers)
    dropout = try json.number("dropout", default: dropout, in: ConfigurationLimit.dropout)
    hasChain = try json["crf"].bool(default: hasChain)
    guard hasLexicon || encoder != nil else {
      throw json["word_size"].error(expected: "vectors of words, or an encoder")
    }
  }

  public var json: JSONValue {
    .object([
      ("architectures", .array([.string("WordTagger")])),
      ("model_type", .string(Self.modelType)),
      ("tags", .array(tags.map(JSONValue.string))),
      ("scheme", scheme.map { .string($0.rawValue) } ?? .null),
      ("encoder", encoder?.json ?? .null), ("fine_tuned", .bool(isFineTuned)),
      ("vocab_size", .integer(wordCount)), ("word_size", .integer(wordSize)),
      ("character_vocab_size", .integer(characterCount)),
      ("characters", .string(characters.rawValue)),
      ("character_size", .integer(characterSize)),
      ("character_hidden_size", .integer(spellingSize)),
      ("casing_size", .integer(casingSize)),
      ("hidden_size", .integer(hiddenSize)), ("num_hidden_layers", .integer(layerCount)),
      ("dropout", .decimal(dropout)), ("crf", .bool(hasChain)),
    ])
  }
}
