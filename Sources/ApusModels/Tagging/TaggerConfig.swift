import ApusFiles
import ApusText

/// The sizes and settings of a recurrent tagger, read from and written to `config.json`.
///
/// The defaults are those of Lample et al. 2016.
public struct TaggerConfig: Sendable, Hashable {
  /// The tags in the order of their labels.
  public var tags: [String]
  /// The scheme of the tags, whose rules decoding keeps; nil for tags that stand for themselves.
  public var scheme: TagScheme?
  /// The sizes of the lexicon, both with the unknown.
  public var wordCount, characterCount: Int
  /// The size of a word's own vector.
  public var wordSize = 100
  /// The size of a character's vector; 0 for a model that does not look at characters.
  public var characterSize = 25
  /// Units of the network over characters, in each direction.
  public var spellingSize = 25
  /// The size of the vector of what a word's letters look like; 0 for none.
  public var casingSize = 0
  /// Units of each layer over words, in each direction.
  public var hiddenSize = 100
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

  /// The number of weights of the tables; in Double, so that no sizes overflow.
  var tableWeightCount: Double {
    Double(wordCount) * Double(wordSize) + Double(characterCount) * Double(characterSize)
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
    wordSize = try size("word_size")
    characterSize = try size("character_size", from: 0)
    spellingSize = try size("character_hidden_size")
    casingSize = try size("casing_size", from: 0)
    hiddenSize = try size("hidden_size")
    layerCount = try json["num_hidden_layers"].integer(in: 1...ConfigurationLimit.layers)
    dropout = try json.number("dropout", default: dropout, in: ConfigurationLimit.dropout)
    hasChain = try json["crf"].bool(default: hasChain)
  }

  public var json: JSONValue {
    .object([
      ("architectures", .array([.string("RecurrentTagger")])),
      ("model_type", .string(Self.modelType)),
      ("tags", .array(tags.map(JSONValue.string))),
      ("scheme", scheme.map { .string($0.rawValue) } ?? .null),
      ("vocab_size", .integer(wordCount)), ("word_size", .integer(wordSize)),
      ("character_vocab_size", .integer(characterCount)),
      ("character_size", .integer(characterSize)),
      ("character_hidden_size", .integer(spellingSize)),
      ("casing_size", .integer(casingSize)),
      ("hidden_size", .integer(hiddenSize)), ("num_hidden_layers", .integer(layerCount)),
      ("dropout", .decimal(dropout)), ("crf", .bool(hasChain)),
    ])
  }
}
