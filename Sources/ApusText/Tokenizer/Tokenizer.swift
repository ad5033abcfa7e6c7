import ApusFiles

/// Text to ids and back: a normalizer, a pre-tokenizer, a model, a post-processor and a decoder.
///
/// A tokenizer is a value that may be used from many threads at once. Padding settings of files are
/// not kept, as a batch here has no padding. Truncation settings are, but `encode` gives whole texts
/// always; `windows` and `ids` go by a limit that they are given, or else by `truncation`.
///
/// Text that is no UTF-8 is encoded too. Of ill-formed bytes BERT's normalizer makes nothing, NMT's
/// a space, and a character map and SentencePiece's normalizer U+FFFD; other normalizers and
/// byte-level models keep them. NUL is a character as any other.
public struct Tokenizer: Sendable {
  public let normalizer: (any Normalizer)?
  public let preTokenizer: (any PreTokenizer)?
  public let model: any TokenModel
  public let postProcessor: (any PostProcessor)?
  public let decoder: (any TokenDecoder)?
  /// Tokens found in text before anything else; special ones among them.
  public let addedTokens: [AddedToken]
  /// The limit that the file states.
  public var truncation: Truncation?

  private let addedByID: [Int32: AddedToken]
  private let addedIDs: [[UInt8]: Int32]
  let rawMatcher, normalizedMatcher: AddedTokenMatcher
  let pool: TokenizerScratchPool

  /// Joins the parts.
  ///
  /// - Throws: `InputError` for added tokens that contradict the vocabulary or each other, and for a
  ///   post-processor with ids that no token has.
  public init(
    normalizer: (any Normalizer)? = nil, preTokenizer: (any PreTokenizer)? = nil,
    model: any TokenModel, postProcessor: (any PostProcessor)? = nil,
    decoder: (any TokenDecoder)? = nil, addedTokens: [AddedToken] = [],
    truncation: Truncation? = nil
  ) throws {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.postProcessor = postProcessor
    self.decoder = decoder
    self.addedTokens = addedTokens
    self.truncation = truncation
    pool = TokenizerScratchPool()
    var byID: [Int32: AddedToken] = [:]
    var ids: [[UInt8]: Int32] = [:]
    for token in addedTokens {
      let known = model.vocabulary.token(of: token.id)
      let sameBytes = known.map { $0.utf8.elementsEqual(token.content.utf8) } ?? true
      let bytes = Array(token.content.utf8)
      guard sameBytes, byID[token.id] == nil, ids[bytes] == nil,
        model.vocabulary.id(of: token.content).map({ $0 == token.id }) ?? true
      else {
        throw InputError(
          expected: "added tokens that agree with the vocabulary and each other",
          found: "\"\(token.content.prefix(40))\" with id \(token.id)")
      }
      byID[token.id] = token
      ids[bytes] = token.id
    }
    addedByID = byID
    addedIDs = ids
    rawMatcher = AddedTokenMatcher(addedTokens.filter { $0.isFound && !$0.isNormalized })
    normalizedMatcher = AddedTokenMatcher(addedTokens.filter { $0.isFound && $0.isNormalized }) {
      token in
      guard let normalizer else { return Array(token.content.utf8) }
      let text = AlignedText()
      var content = token.content
      content.withUTF8 { normalizer.normalize($0, into: text) }
      return Array(text.bytes)
    }
    let special = [nil, Encoding()].flatMap { pair in
      postProcessor?.join(Encoding(), pair, addsSpecialTokens: true).ids ?? []
    }
    if let id = special.first(where: { token(of: $0) == nil }) {
      throw InputError(expected: "a post-processor with ids of tokens", found: "id \(id)")
    }
  }

  /// One more than the highest id: the number of rows that an embedding needs.
  public var vocabularySize: Int {
    max(model.vocabulary.count, (addedTokens.map { Int($0.id) + 1 }).max() ?? 0)
  }

  public func id(of token: String) -> Int32? {
    addedIDs[Array(token.utf8)] ?? model.vocabulary.id(of: token)
  }

  public func token(of id: Int32) -> String? {
    addedByID[id]?.content ?? model.vocabulary.token(of: id)
  }

  /// Whether an id stands for a special token, which decoding leaves out.
  public func isSpecial(_ id: Int32) -> Bool { addedByID[id]?.isSpecial ?? false }

  /// Text that tokens stand for; ids without a token are left out.
  public func decode(
    _ ids: some Sequence<Int32>, skippingSpecialTokens: Bool = true
  ) -> String {
    let tokens = ids.compactMap { id in
      skippingSpecialTokens && isSpecial(id) ? nil : token(of: id)
    }
    return decoder?.decode(tokens) ?? tokens.joined(separator: " ")
  }

  /// The bytes that tokens stand for, special ones too, which need not be UTF-8.
  ///
  /// Those of byte-level models, and tokens such as `<0xE4>`, give bytes as they are.
  public func decodeBytes(_ ids: some Sequence<Int32>) -> [UInt8] {
    let tokens = ids.compactMap { id in token(of: id).map { Array($0.utf8) } }
    guard let decoder else { return Array(tokens.joined(separator: [UInt8(ascii: " ")])) }
    return Array(decoder.byteParts(of: tokens).joined())
  }
}
