import ApusFiles
import Foundation
import SwiftProtobuf

extension Tokenizer {
  /// The largest model file that is read; those of 250,000 tokens have 5 MB.
  private static let maximumModelSize = 1 << 28

  /// Reads a SentencePiece `.model` file.
  ///
  /// Ids are SentencePiece's own: control symbols are not found in text, and no special tokens are
  /// put around it.
  ///
  /// - Throws: `FileError` if it can't be read, `InputError` for what is neither a Unigram model nor one
  ///   of byte pairs.
  public init(sentencePiece path: String) throws {
    let file = try MappedFile(path)
    guard file.count <= Self.maximumModelSize else {
      throw InputError(
        file: path, expected: "at most \(Self.maximumModelSize) bytes", found: "\(file.count)")
    }
    self = try withExtendedLifetime(file) {
      try Tokenizer(sentencePiece: Array(file.bytes), file: path)
    }
  }

  /// Reads the bytes of a SentencePiece model; `file` is the name for errors.
  init(sentencePiece bytes: [UInt8], file: String) throws {
    let model: SentencePieceModelFile
    do {
      model = try SentencePieceModelFile(serializedBytes: bytes)
    } catch {
      throw InputError(file: file, expected: "a SentencePiece model", found: "damage (\(error))")
    }
    do {
      try self.init(model)
    } catch var error as InputError where error.file == nil {
      error.file = file
      throw error
    }
  }

  private init(_ file: SentencePieceModelFile) throws {
    let training = file.trainerSpec
    guard [.unigram, .bpe].contains(training.modelType) else {
      throw InputError(
        expected: "a model of the type unigram or bpe", found: "\(training.modelType)")
    }
    let pieces = try CheckedPieces(file)
    let kinds = pieces.kinds
    let model: any TokenModel =
      training.modelType == .bpe ? try CharacterBPE(pieces) : try Unigram(pieces)
    let spec = file.normalizerSpec
    let map =
      spec.precompiledCharsmap.isEmpty ? nil : try CharacterMap(Array(spec.precompiledCharsmap))
    let tokens = zip(file.pieces, kinds).enumerated().compactMap { id, entry in
      AddedToken(entry.0.piece, id: Int32(id), kind: entry.1)
    }
    let addedSpace: SentencePiecePreTokenizer.AddedSpace =
      !spec.addDummyPrefix ? .none : training.treatWhitespaceAsSuffix ? .after : .before
    let leading: SentencePieceDecoder.LeadingSpaces =
      spec.removeExtraWhitespaces ? .all : spec.addDummyPrefix ? .one : .none
    try self.init(
      normalizer: SentencePieceNormalizer(
        map: map, removesExtraSpaces: spec.removeExtraWhitespaces,
        protected: zip(file.pieces, kinds).filter { $0.1 == .userDefined }.map(\.0.piece)),
      preTokenizer: SentencePiecePreTokenizer(
        addedSpace: addedSpace, escapesSpaces: spec.escapeWhitespaces),
      model: model,
      decoder: SentencePieceDecoder(
        leadingSpaces: leading, unknownToken: file.pieces[pieces.unknown].piece,
        unknownText: training.unkSurface, fallsBackToBytes: pieces.fallsBackToBytes),
      addedTokens: tokens)
  }

  /// Writes a SentencePiece `.model` file, whole or not at all.
  ///
  /// - Throws: `FileError` if it can't be written; `InputError` for a tokenizer with other parts
  ///   than those of SentencePiece's Unigram models.
  func saveSentencePiece(to path: String) throws {
    guard let model = model as? Unigram, let kinds = model.kinds,
      let normalizer = normalizer as? SentencePieceNormalizer,
      let preTokenizer = preTokenizer as? SentencePiecePreTokenizer,
      let decoder = decoder as? SentencePieceDecoder
    else {
      throw InputError(
        file: path, expected: "a tokenizer with the parts of SentencePiece's Unigram models",
        found: "other parts, which tokenizer.json can hold")
    }
    var file = SentencePieceModelFile()
    file.pieces = kinds.enumerated().map { id, kind in
      SentencePieceModelFile.Piece.with {
        $0.piece = model.vocabulary.token(of: Int32(id)) ?? ""
        $0.score = Float(model.scores[id])
        if kind != .normal { $0.type = .init(kind) }
      }
    }
    func id(_ token: String, or absent: Int32 = -1) -> Int32 {
      model.vocabulary.id(of: token) ?? absent
    }
    file.trainerSpec = .with {
      $0.modelType = .unigram
      $0.vocabSize = Int32(kinds.count)
      $0.treatWhitespaceAsSuffix = preTokenizer.addedSpace == .after
      $0.byteFallback = model.fallsBackToBytes
      $0.unkID = model.unknownID ?? -1
      $0.bosID = id("<s>")
      $0.eosID = id("</s>")
      $0.padID = id("<pad>")
      $0.unkSurface = decoder.unknownText
    }
    file.normalizerSpec = .with {
      $0.name = normalizer.map == nil ? "identity" : "user_defined"
      $0.precompiledCharsmap = Data(normalizer.map?.bytes ?? [])
      $0.addDummyPrefix = preTokenizer.addedSpace != .none
      $0.removeExtraWhitespaces = normalizer.removesExtraSpaces
      $0.escapeWhitespaces = preTokenizer.escapesSpaces
    }
    var target = try AtomicFile(path)
    try target.write(file.serializedBytes() as [UInt8])
    try target.commit()
  }
}

extension AddedToken {
  /// A token of a SentencePiece model that has a part of its own; nil for one that has none.
  ///
  /// The model finds user-defined tokens by itself, and the others are not found in text.
  fileprivate init?(_ content: String, id: Int32, kind: PieceKind) {
    switch kind {
    case .control, .unknown, .userDefined: break
    case .normal, .unused, .byte: return nil
    }
    self.init(content, id: id)
    isFound = false
    isSpecial = kind == .control
  }
}

/// The pieces of a model file, of which one is unknown and each byte has one or none has.
private struct CheckedPieces {
  let vocabulary: Vocabulary
  let scores: [Float]
  let kinds: [PieceKind]
  /// The index of the unknown piece.
  let unknown: Int
  let fallsBackToBytes: Bool

  /// - Throws: `InputError` with the number of the piece that is empty or comes twice, or for a
  ///   lack of unknown or byte pieces.
  init(_ file: SentencePieceModelFile) throws {
    if let row = file.pieces.firstIndex(where: \.piece.isEmpty) {
      throw InputError(row: row + 1, expected: "pieces that are not empty", found: "an empty one")
    }
    let kinds = file.pieces.map { PieceKind($0.type) }
    let unknown = kinds.indices.filter { kinds[$0] == .unknown }
    guard unknown.count == 1 else {
      throw InputError(expected: "one unknown piece", found: "\(unknown.count)")
    }
    fallsBackToBytes = file.trainerSpec.byteFallback
    let bytes = zip(file.pieces, kinds).filter { $0.1 == .byte }.map(\.0.piece)
    let all = fallsBackToBytes ? (UInt8.min...UInt8.max).map(ByteFallback.token) : []
    guard Set(bytes) == Set(all) else {
      throw InputError(
        expected: fallsBackToBytes ? "a piece for each of 256 bytes" : "no pieces for bytes",
        found: "\(Set(bytes).count)")
    }
    vocabulary = try Vocabulary(file.pieces.map(\.piece))
    scores = file.pieces.map(\.score)
    self.kinds = kinds
    self.unknown = unknown[0]
  }
}

extension Unigram {
  fileprivate init(_ pieces: CheckedPieces) throws {
    try self.init(
      pieces.vocabulary, scores: pieces.scores.map(Double.init), kinds: pieces.kinds,
      unknownID: Int32(pieces.unknown), fallsBackToBytes: pieces.fallsBackToBytes)
  }
}

extension CharacterBPE {
  /// Merges the two parts of each piece, wherever it can be parted, those of higher scores first.
  ///
  /// These are the merges that transformers converts such a file to, with which ids differ from
  /// SentencePiece's only where a piece overlaps with itself, in runs such as "aaaa": all merges to one piece
  /// rank the same there, and the leftmost comes first.
  ///
  /// - Throws: `InputError` for unused pieces, or a score that is not a number.
  fileprivate init(_ pieces: CheckedPieces) throws {
    if let row = pieces.kinds.firstIndex(of: .unused) {
      throw InputError(
        row: row + 1, expected: "byte pairs without unused pieces", found: "an unused one")
    }
    if let row = pieces.scores.firstIndex(where: \.isNaN) {
      throw InputError(row: row + 1, expected: "a score", found: "NaN")
    }
    let normal = pieces.kinds.indices.filter { pieces.kinds[$0] == .normal }
    let ranked = normal.sorted { (-pieces.scores[$0], $0) < (-pieces.scores[$1], $1) }
    var description = BPEDescription(
      pieces.vocabulary, ranked.flatMap { Self.merges(to: Int32($0), of: pieces) },
      unknownToken: pieces.vocabulary.token(of: Int32(pieces.unknown)))
    description.fusesUnknown = true
    description.usesByteFallback = pieces.fallsBackToBytes
    description.wholeTokens = pieces.kinds.indices.filter { pieces.kinds[$0] == .userDefined }
      .map(Int32.init)
    try self.init(description)
  }

  private static func merges(to result: Int32, of pieces: CheckedPieces) -> [BPEMerge] {
    guard let text = pieces.vocabulary.token(of: result) else { return [] }
    func id(_ part: Substring.UnicodeScalarView) -> Int32? {
      pieces.vocabulary.id(of: String(part)).flatMap {
        pieces.kinds[Int($0)] == .normal ? $0 : nil
      }
    }
    return text.unicodeScalars.indices.dropFirst().compactMap { index -> BPEMerge? in
      guard let left = id(text.unicodeScalars[..<index]),
        let right = id(text.unicodeScalars[index...])
      else { return nil }
      return BPEMerge(left: left, right: right, result: result)
    }.sorted { ($0.left, $0.right) < ($1.left, $1.right) }
  }
}

extension PieceKind {
  fileprivate init(_ type: SentencePieceModelFile.Piece.Kind) {
    switch type {
    case .normal: self = .normal
    case .unknown: self = .unknown
    case .control: self = .control
    case .userDefined: self = .userDefined
    case .unused: self = .unused
    case .byte: self = .byte
    }
  }
}

extension SentencePieceModelFile.Piece.Kind {
  fileprivate init(_ kind: PieceKind) {
    switch kind {
    case .normal: self = .normal
    case .unknown: self = .unknown
    case .control: self = .control
    case .userDefined: self = .userDefined
    case .unused: self = .unused
    case .byte: self = .byte
    }
  }
}
