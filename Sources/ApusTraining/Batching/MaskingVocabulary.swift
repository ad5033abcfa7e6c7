/// What masking has to know of a vocabulary.
public struct MaskingVocabulary: Sendable {
  public let size: Int
  /// The id at the start of each sequence, [CLS].
  public let classifierId: Int32
  /// The id behind each part of a sequence, [SEP].
  public let separatorId: Int32
  /// The id that hides another, [MASK].
  public let maskId: Int32
  /// Of each id, whether it is special: never masked and never put in place of another.
  let isSpecial: [Bool]
  /// Of each id, whether it goes on the word before it; empty where words can't be told.
  let isContinuation: [Bool]
  let ordinaryIds: [Int32]

  /// A vocabulary of `isSpecial.count` ids.
  ///
  /// - Parameters:
  ///   - isSpecial: Of each id, whether it is special; the three below are anyway.
  ///   - isContinuation: Of each id, whether it goes on a word (`##` in WordPiece); empty where words
  ///     can't be told.
  ///   - classifierId: [CLS].
  ///   - separatorId: [SEP].
  ///   - maskId: [MASK].
  public init(
    isSpecial: [Bool], isContinuation: [Bool] = [], classifierId: Int32, separatorId: Int32,
    maskId: Int32
  ) {
    precondition(
      isContinuation.isEmpty || isContinuation.count == isSpecial.count,
      "MaskingVocabulary: expected \(isSpecial.count) ids, got \(isContinuation.count)")
    var isSpecial = isSpecial
    for id in [classifierId, separatorId, maskId] {
      precondition(
        isSpecial.indices.contains(Int(id)),
        "MaskingVocabulary: expected an id below \(isSpecial.count), got \(id)")
      isSpecial[Int(id)] = true
    }
    size = isSpecial.count
    self.classifierId = classifierId
    self.separatorId = separatorId
    self.maskId = maskId
    self.isSpecial = isSpecial
    self.isContinuation = isContinuation
    ordinaryIds = isSpecial.indices.filter { !isSpecial[$0] }.map(Int32.init)
  }
}
