import ApusFiles
import Foundation
import Testing

@testable import ApusText

/// Ids and text as SentencePiece gives them; `Tests/Peers/tokenizers/unigram_goldens.py` wrote them.
@Suite struct SentencePieceTests {
  static let names = ["nmt", "plain", "suffix"]

  private func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(contentsOf: golden("sentencepiece.\(name).model"))
  }

  @Test(arguments: names + ["pairs", "pairs-bytes"])
  func agreesWithSentencePiece(_ name: String) throws {
    try check(tokenizer(name), name)
  }

  @Test func bytePairsAreSavedAsJSON() throws {
    let directory = try TemporaryDirectory()
    let pairs = try tokenizer("pairs")
    try pairs.save(to: "\(directory.path)/tokenizer.json")
    let read = try Tokenizer(contentsOf: directory.path)
    #expect(read.fingerprint == pairs.fingerprint)
    // Control symbols are found there as words of their own, as transformers finds them.
    for item in try JSONField(contentsOf: golden("sentencepiece.pairs.cases.json")).array() {
      let text = try item["text"].string()
      guard !text.contains("<s>") else { continue }
      #expect(try read.plainIDs(text.utf8) == item["ids"].ids, "\(text.debugDescription)")
    }
    #expect(throws: InputError.self) { try pairs.save(to: "\(directory.path)/tokenizer.model") }
    // Its user-defined symbols have no form there.
    #expect(throws: InputError.self) {
      try tokenizer("pairs-bytes").save(to: "\(directory.path)/bytes.json")
    }
  }

  @Test func unusedPiecesOfBytePairsAreRefused() throws {
    var file = try SentencePieceModelFile(
      serializedBytes: FileManager.default.contents(atPath: golden("sentencepiece.pairs.model"))
        ?? Data())
    file.pieces[7].type = .unused
    let bytes: [UInt8] = try file.serializedBytes()
    let error = #expect(throws: InputError.self) { try Tokenizer(sentencePiece: bytes, file: "m") }
    #expect(error?.row == 8)
  }

  @Test(arguments: names) func agreesAfterSavingAndReading(_ name: String) throws {
    let directory = try TemporaryDirectory()
    for file in ["spiece.model", "sentencepiece.bpe.model", "tokenizer.model"] {
      try? FileManager.default.removeItem(atPath: directory.path)
      try FileManager.default.createDirectory(
        atPath: directory.path, withIntermediateDirectories: true)
      try tokenizer(name).save(to: "\(directory.path)/\(file)")
      let again = try Tokenizer(contentsOf: directory.path)
      #expect(again.fingerprint == (try tokenizer(name).fingerprint))
      try check(again, name)
    }
  }

  /// A space behind texts, one that stays invisible, one that is put before another or taken away,
  /// and user-defined symbols have no form in `tokenizer.json`.
  @Test func whatHuggingFaceHasNoFormForIsRefused() throws {
    let directory = try TemporaryDirectory()
    let whole = try tokenizer("nmt")
    try whole.save(to: "\(directory.path)/tokenizer.json")
    let read = try Tokenizer(contentsOf: directory.path)
    #expect(read.fingerprint == whole.fingerprint)
    let steps: [(SentencePieceNormalizer, SentencePiecePreTokenizer)] = [
      (.init(), .init(addedSpace: .after)), (.init(), .init(escapesSpaces: false)),
      (.init(removesExtraSpaces: false), .init()), (.init(), .init(addedSpace: .none)),
      (.init(protected: ["the"]), .init()), (.init(protected: ["of"]), .init()), (.init(), .init()),
      (.init(removesExtraSpaces: false), .init(addedSpace: .none)),
    ]
    let tokenizers = try steps.map { normalizer, preTokenizer in
      try Tokenizer(
        normalizer: normalizer, preTokenizer: preTokenizer, model: whole.model,
        decoder: whole.decoder)
    }
    #expect(Set(tokenizers.map(\.fingerprint)).count == tokenizers.count)
    for (index, tokenizer) in tokenizers.enumerated() {
      let path = "\(directory.path)/\(index).json"
      let text = try directory.write("The text.", to: "text.txt")
      if index < 6 {
        #expect(throws: InputError.self) { try tokenizer.save(to: path) }
        #expect(throws: InputError.self) {
          _ = try PreparedCorpus(
            Corpus([text]), with: tokenizer, to: "\(directory.path)/shards-\(index)")
        }
      } else {
        try tokenizer.save(to: path)
        let read = try Tokenizer(contentsOf: path)
        for text in [" The  old man", "The old", "  a "] {
          #expect(read.plainIDs(text.utf8) == tokenizer.plainIDs(text.utf8))
        }
      }
    }
  }

  private func check(_ tokenizer: Tokenizer, _ name: String) throws {
    let cases = try JSONField(contentsOf: golden("sentencepiece.\(name).cases.json")).array()
    #expect(cases.count > 50)
    for item in cases {
      let text = try item["text"].string()
      let place = Comment(rawValue: "\(name): \(text.debugDescription)")
      let ids = try item["ids"].ids
      // SentencePiece puts its space behind visible spaces too, after it has taken them all away.
      if name == "suffix", !text.isEmpty, text.allSatisfy({ $0 == "\u{2581}" }) { continue }
      #expect(tokenizer.plainIDs(text.utf8) == ids, place)
      let encoding = tokenizer.encode(text)
      #expect(encoding.ids == ids, place)
      #expect(
        encoding.offsets.allSatisfy { 0 <= $0.lowerBound && $0.upperBound <= text.utf8.count })
      #expect(tokenizer.decode(ids).utf8.elementsEqual(try item["decoded"].string().utf8), place)
    }
  }

  @Test func normalizersEqualHuggingFace() throws {
    let normalizer = try #require(tokenizer("nmt").normalizer as? SentencePieceNormalizer)
    let precompiled = PrecompiledNormalizer(try #require(normalizer.map))
    let encoded = try PrecompiledNormalizer(JSONField(precompiled.json, file: "copy"))
    #expect(encoded == precompiled)
    for item in try JSONField(contentsOf: golden("sentencepiece.precompiled.json")).array() {
      let text = try item["text"].string()
      let place = Comment(rawValue: text.debugDescription)
      for isTracking in [false, true] {
        let ours = normalized(text, by: precompiled, isTracking: isTracking)
        #expect(ours.utf8.elementsEqual(try item["precompiled"].string().utf8), place)
        let nmt = normalized(text, by: NMTNormalizer(), isTracking: isTracking)
        #expect(nmt.utf8.elementsEqual(try item["nmt"].string().utf8), place)
      }
    }
  }

  private func normalized(
    _ text: String, by normalizer: any Normalizer, isTracking: Bool
  ) -> String {
    var text = text
    let output = AlignedText()
    output.clear(tracking: isTracking)
    text.withUTF8 { normalizer.normalize($0, into: output) }
    return String(decoding: output.bytes, as: UTF8.self)
  }

  @Test(.enabled(if: sharedData != nil, "needs \(sharedDataPath)"))
  func agreesOnSharedData() throws {
    let data = try #require(sharedData)
    let files = [
      "naughty_strings": "naughty_strings/blns.txt",
      "war_and_peace": "war_and_peace/warandpeace.txt.gz",
      "multi30k.de": "multi30k/task1/raw/val.de.gz", "multi30k.fr": "multi30k/task1/raw/val.fr.gz",
      "multi30k.cs": "multi30k/task1/raw/val.cs.gz",
    ]
    for (key, expected) in try JSONField(contentsOf: golden("sentencepiece.shared.json")).members()
    {
      let words = key.split(separator: " ").map(String.init)
      let tokenizer = try tokenizer(words[1])
      let bytes = try contents(of: "\(data)/\(try #require(files[words[0]]))")
      let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
      let hashes = stride(from: 0, to: lines.count, by: 4096).map { start in
        let block = lines[start..<min(start + 4096, lines.count)]
        return String(idHash(block.map { tokenizer.plainIDs($0) }))
      }
      let field = JSONField(expected, file: "sentencepiece.shared.json", path: key)
      #expect(try hashes == field.array().map { try $0.string() }, Comment(rawValue: key))
    }
  }

  @Test func refusesOtherModels() throws {
    let directory = try TemporaryDirectory()
    func refusal(_ bytes: [UInt8]) throws -> String {
      do {
        _ = try Tokenizer(contentsOf: directory.write(bytes, to: "x.model"))
        return "none"
      } catch let error as InputError {
        #expect(error.file?.hasSuffix("x.model") == true)
        return error.description
      }
    }
    #expect(try refusal([]).contains("unknown piece"))
    #expect(try refusal(Array("what is this".utf8)).contains("SentencePiece model"))
    // Field 2, field 3 of it: the type of the model; 3 is of words.
    #expect(try refusal([0x12, 2, 0x18, 3]).contains("unigram or bpe"))
    // A piece without text, and one with a map that is none.
    #expect(try refusal([0x0A, 2, 0x18, 2]).contains("empty"))
    #expect(
      try refusal([0x0A, 5, 0x0A, 1, 0x61, 0x18, 2, 0x1A, 3, 0x12, 1, 7]).contains("character map"))
    let bpe = try Tokenizer(contentsOf: golden("bpe.tokenizer.json"))
    #expect(throws: InputError.self) { try bpe.save(to: "\(directory.path)/y.model") }
  }

  @Test func hostileModelsGiveErrors() throws {
    let directory = try TemporaryDirectory()
    typealias Piece = SentencePieceModelFile.Piece
    func piece(_ text: String, _ score: Float = -1, _ kind: Piece.Kind = .normal) -> Piece {
      .with {
        $0.piece = text
        $0.score = score
        $0.type = kind
      }
    }
    func refusal(_ bytes: [UInt8]) throws -> String {
      let path = try directory.write(bytes, to: "x.model")
      do {
        return "\(try Tokenizer(contentsOf: path).vocabularySize) pieces"
      } catch let error as InputError {
        #expect(error.file == path)
        return error.description
      }
    }
    func refusal(_ pieces: [Piece], fallsBack: Bool = false) throws -> String {
      let file = SentencePieceModelFile.with {
        $0.pieces = pieces
        $0.trainerSpec.byteFallback = fallsBack
        $0.trainerSpec.unkID = 1 << 30
        $0.trainerSpec.vocabSize = .max
      }
      return try refusal(file.serializedBytes())
    }
    let unknown = piece("<unk>", 0, .unknown)
    // What the trainer noted is not trusted: ids are the places of pieces.
    #expect(try refusal([unknown, piece("a")]) == "2 pieces")
    #expect(try refusal([piece("a")]).contains("unknown piece"))
    #expect(try refusal([unknown, piece("u", 0, .unknown)]).contains("unknown piece"))
    #expect(try refusal([unknown, piece("")]).contains("x.model:2:"))
    #expect(try refusal([unknown, piece("a"), piece("a")]).contains("x.model:3:"))
    for score in [Float.nan, .infinity, -.infinity] {
      #expect(try refusal([unknown, piece("a", score)]).contains("x.model:2:"))
    }
    #expect(try refusal([unknown, piece("<0x41>", 0, .byte)]).contains("bytes"))
    #expect(try refusal([unknown, piece("<0x41>", 0, .byte)], fallsBack: true).contains("256"))
    #expect(try refusal([unknown, piece("A", -Float.greatestFiniteMagnitude)]) == "2 pieces")
    // A piece, and a character map, that claim more bytes than there are; endless numbers.
    #expect(
      try refusal([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x0A]).contains("SentencePiece model"))
    #expect(try refusal([0x1A, 4, 0x12, 0x80, 0x80, 0x40]).contains("SentencePiece model"))
    #expect(try refusal([UInt8](repeating: 0xFF, count: 100_000)).contains("SentencePiece model"))
  }

  @Test(arguments: ["nmt", "plain"]) func damagedModelsGiveErrors(_ name: String) throws {
    let whole = Array(try Data(contentsOf: URL(filePath: golden("sentencepiece.\(name).model"))))
    var random = TestRandom(state: 13)
    var (read, refused) = (0, 0)
    for round in 0..<(name == "nmt" ? 150 : 2500) {
      var bytes = whole
      // In the first half near the start of the file or of the specifications at its end.
      for _ in 0...random.next() % 3 {
        let limit = round % 2 == 0 ? bytes.count : min(600, bytes.count)
        let distance = Int(random.next() % UInt64(limit))
        let place = random.next() % 2 == 0 ? distance : bytes.count - 1 - distance
        switch random.next() % 4 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[place] ^= 1 << UInt8(random.next() % 8)
        case 2: bytes.remove(at: place)
        default: if random.next() % 8 == 0 { bytes.removeSubrange(place...) }
        }
        if bytes.isEmpty { break }
      }
      do {
        let tokenizer = try Tokenizer(sentencePiece: bytes, file: "damaged")
        let ids = tokenizer.encode("The café <x> of 1254, \u{FF21} ").ids
        #expect(tokenizer.plainIDs("The café <x> of 1254, \u{FF21} ".utf8) == ids)
        _ = tokenizer.decode(ids)
        read += 1
      } catch let error as InputError {
        #expect(error.file == "damaged")
        refused += 1
      }
    }
    #expect(read > 10)
    #expect(refused > 10)
  }

  /// The double array is walked with everything that may stand in it.
  @Test func damagedCharacterMapsAreSafe() throws {
    let normalizer = try #require(tokenizer("nmt").normalizer as? SentencePieceNormalizer)
    let whole = try #require(normalizer.map?.bytes)
    var text = "The ＡＢ ﬁ é e\u{301}\u{302} 각 ㈱ \u{1112}\u{1161}\u{11AB} \0 \r\n 中文"
    var random = TestRandom(state: 14)
    var read = 0
    for round in 0..<400 {
      var bytes = whole
      // Units near the root are in every walk.
      for _ in 0..<1 << (round % 10) {
        bytes[Int(random.next() % (round % 2 == 0 ? 4096 : UInt64(bytes.count)))] =
          UInt8(truncatingIfNeeded: random.next())
      }
      guard let map = try? CharacterMap(bytes) else { continue }
      read += 1
      for damaged in [
        SentencePieceNormalizer(map: map) as any Normalizer, PrecompiledNormalizer(map),
      ] {
        let output = AlignedText()
        output.clear(tracking: round % 3 == 0)
        text.withUTF8 { damaged.normalize($0, into: output) }
        #expect(output.count <= text.utf8.count * CharacterMap.maximumReplacementBytes)
      }
    }
    #expect(read > 100)
    for count in 0..<12 {
      #expect(throws: InputError.self) { try CharacterMap(Array(whole.prefix(count))) }
    }
    #expect(throws: InputError.self) { try CharacterMap(Array(whole.dropFirst(2))) }
  }
}
