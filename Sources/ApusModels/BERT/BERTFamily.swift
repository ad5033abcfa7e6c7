import ApusTensors

/// The encoders that came from BERT: its blocks under other names, and few changes around them.
public enum BERTFamily: String, Sendable, Hashable, CaseIterable {
  /// Devlin et al. 2019.
  case bert
  /// Liu et al. 2019: positions are counted from behind the id of padding.
  case roberta
  /// Martin et al. 2020: a RoBERTa.
  case camembert
  /// Conneau et al. 2020: a RoBERTa.
  case xlmRoBERTa = "xlm-roberta"
  /// Sanh et al. 2019: neither segments nor a pooler.
  case distilbert
  /// Lan et al. 2020: small embeddings that are projected, and blocks that share their weights.
  case albert
  /// Clark et al. 2020: small embeddings that are projected, and no pooler.
  case electra

  /// What Hugging Face's classes begin with.
  var className: String {
    switch self {
    case .bert: "Bert"
    case .roberta: "Roberta"
    case .camembert: "Camembert"
    case .xlmRoBERTa: "XLMRoberta"
    case .distilbert: "DistilBert"
    case .albert: "Albert"
    case .electra: "Electra"
    }
  }

  var hasSegments: Bool { self != .distilbert }
  var hasPooler: Bool { self != .distilbert && self != .electra }
  var projectsEmbeddings: Bool { self == .albert || self == .electra }
  var sharesBlocks: Bool { self == .albert }
  /// Whether the first position is the one after that of padding.
  var skipsPadding: Bool { self == .roberta || self == .camembert || self == .xlmRoBERTa }

  /// What a configuration means where it is silent.
  var standard: BERTConfig {
    var config = BERTConfig(family: self)
    switch self {
    case .bert: break
    case .roberta, .camembert, .xlmRoBERTa:
      config.vocabularySize = self == .roberta ? 50_265 : 30_522
      config.padding = 1
    case .distilbert: config.layerCount = 6
    case .albert:
      config.vocabularySize = 30_000
      config.embeddingSize = 128
      config.hiddenSize = 4096
      config.headCount = 64
      config.intermediateSize = 16_384
      config.activation = .geluNew
      config.dropout = 0
      config.attentionDropout = 0
      config.groupCount = 1
    case .electra:
      config.embeddingSize = 128
      config.hiddenSize = 256
      config.headCount = 4
      config.intermediateSize = 1024
    }
    return config
  }

  /// What the settings of the blocks are called in `config.json`.
  var keys: TransformerKeys {
    switch self {
    case .bert, .roberta, .camembert, .xlmRoBERTa, .albert, .electra: TransformerKeys()
    case .distilbert:
      TransformerKeys(
        hiddenSize: "dim", layerCount: "n_layers", headCount: "n_heads",
        intermediateSize: "hidden_dim", activation: "activation", dropout: "dropout",
        attentionDropout: "attention_dropout", layerNormEpsilon: nil)
    }
  }

  /// What the weights are called.
  var names: BERTNames {
    switch self {
    case .bert: BERTNames(model: "bert")
    case .roberta, .camembert, .xlmRoBERTa: BERTNames(model: "roberta")
    case .electra: BERTNames(model: "electra", projection: "embeddings_project")
    case .distilbert:
      BERTNames(
        model: "distilbert", blocks: "transformer.layer",
        queryKeyValue: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
        attentionOutput: "attention.out_lin", attentionNorm: "sa_layer_norm",
        expand: "ffn.lin1", contract: "ffn.lin2", outputNorm: "output_layer_norm")
    case .albert:
      BERTNames(
        model: "albert", projection: "encoder.embedding_hidden_mapping_in",
        blocks: "encoder.albert_layer_groups",
        queryKeyValue: ["attention.query", "attention.key", "attention.value"],
        attentionOutput: "attention.dense", attentionNorm: "attention.LayerNorm",
        expand: "ffn", contract: "ffn_output", outputNorm: "full_layer_layer_norm",
        pooler: "pooler")
    }
  }
}

/// Where the parts of an encoder stand in the checkpoints of its family.
///
/// The defaults are the names of BERT.
struct BERTNames: Sendable {
  /// The encoder in a model with heads.
  var model: String
  var projection = ""
  var blocks = "encoder.layer"
  var queryKeyValue = ["query", "key", "value"].map { "attention.self.\($0)" }
  var attentionOutput = "attention.output.dense"
  var attentionNorm = "attention.output.LayerNorm"
  var expand = "intermediate.dense"
  var contract = "output.dense"
  var outputNorm = "output.LayerNorm"
  var pooler = "pooler.dense"
}
