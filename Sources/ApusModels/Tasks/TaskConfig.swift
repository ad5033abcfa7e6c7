import ApusFiles
import ApusLayers
import ApusText

/// What a task asks of a text, of two texts, or of words.
public enum TaskKind: String, Sendable, Hashable, CaseIterable {
  /// Which of several classes a text or a pair of texts belongs to.
  case classification
  /// Which of several labels a text or a pair has: any number of them.
  case multilabel = "multi-label"
  /// A number for a text or a pair: how alike they are.
  case similarity
  /// How well each candidate answers its query.
  case ranking
  /// Which of several candidates goes with a text.
  case choice = "multiple-choice"
  /// The tag of each word.
  case tagging
  /// The part of a text that answers a question, or that there is none.
  case answers
  /// Words from those around them, or before them: learnt beside other tasks, for itself of no use.
  case language

  /// Whether the task has labels with names.
  public var hasLabels: Bool { self == .classification || self == .multilabel || self == .tagging }
  /// Whether the states of a text become one vector for the task.
  public var poolsStates: Bool { ![.tagging, .answers, .language].contains(self) }
}

/// How the states of a text become one vector.
public enum StatePooling: String, Sendable, Hashable, CaseIterable {
  case first, mean, max, last
  /// The mean, weighted by what a learnt vector makes of each.
  case attention
  /// The summary that came with the encoder.
  case pooler
}

/// The sizes and settings of a task's head, and the names of its answers.
public struct TaskConfig: Sendable, Hashable {
  /// What makes scores of vectors.
  public enum Head: String, Sendable, Hashable, CaseIterable {
    /// One linear map.
    case linear
    /// Liu et al. 2018: several looks at one text of a pair, each led by those before.
    case stochasticAnswers = "stochastic-answers"
  }

  public var name: String
  public var kind: TaskKind
  /// Classes, labels or tags, in the order of the head's outputs; none for other tasks.
  public var labels: [String] = []
  /// The scheme of tags of entities; nil for tags that stand for themselves.
  public var scheme: TagScheme?
  public var pooling = StatePooling.mean
  public var head = Head.linear
  /// How often a head of stochastic answers looks.
  public var lookCount = 5
  /// The share of values that are dropped before the head.
  public var dropout: Float = 0.1
  /// Whether the task is about two texts.
  public var isPair = false
  /// Whether the tags of a sentence are chosen together, by a conditional random field.
  public var hasChain = false
  /// The probability from which on a label counts as given, of labels that are not exclusive.
  public var threshold: Float = 0.5
  /// How far the score of no answer has to be above that of the best span for there to be none; nil
  /// where every question has an answer.
  public var noAnswerThreshold: Float?
  /// The most tokens of an answer.
  public var answerLength = 30
  /// The tokens that a window of a long context shares with the one before.
  public var stride = 64
  /// What a class has to pass to be told, of classes; nil tells the most probable one.
  public var thresholds: ClassThresholds?

  public init(name: String, kind: TaskKind) {
    self.name = name
    self.kind = kind
  }

  /// The class that probabilities tell: the most probable one, if thresholds don't say otherwise.
  public func decision(_ probabilities: [Float]) -> Int {
    (thresholds ?? ClassThresholds(probabilities.map { _ in 1 })).decision(probabilities)
  }

  /// Whether the head stands on the summary that came with the encoder.
  public var needsPooler: Bool { kind.poolsStates && pooling == .pooler }

  /// The outputs of the head for each text, word or token.
  var outputCount: Int {
    switch kind {
    case .classification, .multilabel, .tagging: labels.count
    case .similarity, .ranking, .choice: 1
    case .answers: 2
    case .language: 0
    }
  }
}

extension TaskConfig {
  private static let names = "letters, digits, - and _"

  /// Whether a task may have a name: it stands in the names of weights.
  public static func isName(_ name: String) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-" || $0 == "_"
      }
  }

  /// Reads a member of a configuration's `tasks`.
  ///
  /// - Throws: `InputError` naming the key that can't be used.
  public init(_ json: JSONField) throws {
    let name = try json["name"].string()
    guard Self.isName(name) else { throw json["name"].error(expected: Self.names) }
    self.init(name: name, kind: try json.choice("type", default: .classification))
    if kind.hasLabels {
      labels = try json["labels"].array().map { try $0.string() }
      guard labels.count > (kind == .classification ? 1 : 0), Set(labels).count == labels.count
      else { throw json["labels"].error(expected: "different labels") }
    }
    if !json["scheme"].isNull {
      scheme = try json.choice("scheme", default: .iobes)
      for (tag, field) in zip(labels, try json["labels"].array()) where !TagScheme.isTag(tag) {
        throw field.error(expected: "O, or a tag such as B-PER")
      }
    }
    pooling = try json.choice("pooling", default: pooling)
    head = try json.choice("head", default: head)
    lookCount = try json["looks"].isNull ? lookCount : json["looks"].integer(in: 1...64)
    dropout = try json.number("dropout", default: dropout, in: ConfigurationLimit.dropout)
    isPair = try json["pair"].bool(default: isPair)
    hasChain = try json["crf"].bool(default: hasChain)
    threshold = try json.number("threshold", default: threshold, in: 0...1)
    thresholds = try ClassThresholds(json["thresholds"], count: labels.count)
    guard kind == .answers else { return }
    if !json["no_answer_threshold"].isNull {
      noAnswerThreshold = try json.number("no_answer_threshold", default: 0, in: -1e6...1e6)
    }
    answerLength = try json["answer_length"].integer(in: 1...ConfigurationLimit.size)
    stride = try json["stride"].integer(in: 0...ConfigurationLimit.size)
  }

  public var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("name", .string(name)), ("type", .string(kind.rawValue)),
      ("dropout", .decimal(dropout)), ("pair", .bool(isPair)),
    ]
    if kind.hasLabels { members.append(("labels", .array(labels.map(JSONValue.string)))) }
    if let scheme { members.append(("scheme", .string(scheme.rawValue))) }
    if kind.poolsStates {
      members.append(("pooling", .string(pooling.rawValue)))
      members.append(("head", .string(head.rawValue)))
    }
    if head == .stochasticAnswers { members.append(("looks", .integer(lookCount))) }
    if kind == .tagging { members.append(("crf", .bool(hasChain))) }
    if kind == .multilabel { members.append(("threshold", .decimal(threshold))) }
    if let thresholds { members.append(("thresholds", thresholds.json)) }
    if kind == .answers {
      members += [
        ("no_answer_threshold", noAnswerThreshold.map { .decimal($0) } ?? .null),
        ("answer_length", .integer(answerLength)), ("stride", .integer(stride)),
      ]
    }
    return .object(members)
  }
}
