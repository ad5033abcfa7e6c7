import ApusFiles
import ApusText

extension MaskingVocabulary {
  /// What masking has to know of a tokenizer, which marks the pieces of words if it is WordPiece.
  ///
  /// - Throws: `InputError` for a tokenizer without one of [CLS], [SEP] and [MASK].
  public init(_ tokenizer: Tokenizer) throws(InputError) {
    let ids = 0..<Int32(tokenizer.vocabularySize)
    let prefix = (tokenizer.model as? WordPiece)?.continuingPrefix
    self.init(
      // Ids without a token must not come up as random ones.
      isSpecial: ids.map { tokenizer.isSpecial($0) || tokenizer.token(of: $0) == nil },
      isContinuation: prefix.map { prefix in
        ids.map { tokenizer.token(of: $0)?.utf8.starts(with: prefix.utf8) ?? false }
      } ?? [],
      classifierId: try Self.id(of: "[CLS]", in: tokenizer),
      separatorId: try Self.id(of: "[SEP]", in: tokenizer),
      maskId: try Self.id(of: "[MASK]", in: tokenizer))
  }

  private static func id(of token: String, in tokenizer: Tokenizer) throws(InputError) -> Int32 {
    guard let id = tokenizer.id(of: token) else {
      throw InputError(expected: "a tokenizer with \(token) for masked examples", found: "none")
    }
    return id
  }
}
