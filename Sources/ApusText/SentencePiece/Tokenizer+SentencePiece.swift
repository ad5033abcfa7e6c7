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
  /// - Throws: `FileError` if it can't be read, `InputError` for what is no Unigram model.
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
    guard training.modelType == .unigram else {
      throw InputError(
        expected: "a Unigram model", found: "one of the type \(training.modelType)")
    }
    let model = try Unigram(file)
    guard let unknownID = model.unknownID, let unknown = model.vocabulary.token(of: unknownID)
    else { throw InputError(expected: "an unknown token", found: "none") }
    let spec = file.normalizerSpec
    let map =
      spec.precompiledCharsmap.isEmpty ? nil : try CharacterMap(Array(spec.precompiledCharsmap))
    let kinds = model.kinds ?? []
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
        leadingSpaces: leading, unknownToken: unknown, unknownText: training.unkSurface,
        fallsBackToBytes: model.fallsBackToBytes),
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
        file: path, expected: "a tokenizer with the parts of a SentencePiece model",
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
  fileprivate init?(_ content: String, id: Int32, kind: Unigram.Kind) {
    switch kind {
    case .control, .unknown, .userDefined: break
    case .normal, .unused, .byte: return nil
    }
    self.init(content, id: id)
    isFound = false
    isSpecial = kind == .control
  }
}

extension Unigram {
  /// - Throws: `InputError` with the number of the piece that is empty or comes twice, or for a
  ///   lack of unknown or byte pieces.
  fileprivate init(_ file: SentencePieceModelFile) throws {
    if let row = file.pieces.firstIndex(where: \.piece.isEmpty) {
      throw InputError(row: row + 1, expected: "pieces that are not empty", found: "an empty one")
    }
    let kinds = file.pieces.map { Kind($0.type) }
    let unknown = kinds.indices.filter { kinds[$0] == .unknown }
    guard unknown.count == 1, let unknownID = unknown.first else {
      throw InputError(expected: "one unknown piece", found: "\(unknown.count)")
    }
    let fallsBack = file.trainerSpec.byteFallback
    let bytes = zip(file.pieces, kinds).filter { $0.1 == .byte }.map(\.0.piece)
    let all = fallsBack ? (UInt8.min...UInt8.max).map(Self.byteToken) : []
    guard Set(bytes) == Set(all) else {
      throw InputError(
        expected: fallsBack ? "a piece for each of 256 bytes" : "no pieces for bytes",
        found: "\(Set(bytes).count)")
    }
    try self.init(
      Vocabulary(file.pieces.map(\.piece)), scores: file.pieces.map { Double($0.score) },
      kinds: kinds, unknownID: Int32(unknownID), fallsBackToBytes: fallsBack)
  }
}

extension Unigram.Kind {
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
  fileprivate init(_ kind: Unigram.Kind) {
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
