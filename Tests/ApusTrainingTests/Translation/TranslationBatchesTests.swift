import ApusFiles
import ApusModels
import ApusTensors
import ApusText
import Testing

@testable import ApusTraining

@Suite struct TranslationBatchesTests {
  private static func tokenizer(_ words: [String]) throws -> Tokenizer {
    let tokens = ["<unk>", "<s>", "</s>"] + words
    return try Tokenizer(
      preTokenizer: WhitespacePreTokenizer(),
      model: Lexicon(
        Vocabulary(tokens.enumerated().map { (Array($0.element.utf8), $0.offset) }),
        unknownToken: "<unk>"))
  }

  private static func pairs(_ count: Int) throws -> TranslationPairs {
    let directory = try TemporaryDirectory()
    let lines = (0..<count).map { Array(repeating: "a", count: $0 % 5).joined(separator: " ") }
    let text = try ParallelText(
      source: directory.write(lines.map { $0 + "\n" }.joined(), to: "source"),
      target: directory.write(lines.map { "b \($0)\n" }.joined(), to: "target"))
    let tokenizers = try TranslationTokenizers(
      source: tokenizer(["a"]), target: tokenizer(["a", "b"]))
    return TranslationPairs(text, tokenizers)
  }

  @Test func everyPairComesOnceWithItsEnds() throws {
    let pairs = try Self.pairs(23)
    #expect(pairs.sources[0] == [2] && pairs.targets[0] == [4])
    #expect(pairs.sources[2] == [3, 3, 2] && pairs.targets[2] == [4, 3, 3])
    var batches = TranslationBatches(pairs, size: .sequences(4), order: .once)
    var lengths: [Int] = []
    while let batch = try batches.next() {
      #expect(batch.sources.count == batch.inputs.count)
      let (inputs, targets) = (
        batch.inputs.values.elements(as: Int32.self), batch.targets.elements(as: Int32.self)
      )
      for (start, end) in zip(batch.inputs.offsets, batch.inputs.offsets.dropFirst()) {
        #expect(inputs[start] == 1 && targets[end - 1] == 2)
        #expect(Array(inputs[start + 1..<end]) == Array(targets[start..<end - 1]))
      }
      lengths += batch.sources.lengths
    }
    #expect(lengths.sorted() == pairs.sources.map(\.count).sorted())
  }

  @Test func unknownTokensStayAndNoLineSpellsABoundary() throws {
    let tokenizers = try TranslationTokenizers(
      source: Self.marked(["a"]), target: Self.marked(["a", "b"]))
    #expect(tokenizers.encodeSource("a </s> <s> a") == [3, 0, 0, 3, 2])
    #expect(tokenizers.encodeTarget("b </s> x") == [4, 0, 0])
    #expect(tokenizers.decodeTarget([1, 3, 0, 4, 2]) == "a <unk> b")
  }

  @Test func wordsThatCanOnlyBeCopiedHaveIDsBehindTheVocabulary() throws {
    let tokenizers = try TranslationTokenizers(
      source: Self.marked(["a", "c"]), target: Self.marked(["a", "b"]))
    let source = tokenizers.encodeForCopying("x a c y x </s>")
    #expect(source.ids == tokenizers.encodeSource("x a c y x </s>"))
    #expect(source.copies == [5, 3, 6, 7, 5, 8, 2])
    #expect(source.words == ["x", "c", "y", "</s>"])
    #expect(tokenizers.encodeTarget("b x c z", copying: source.words) == [4, 5, 6, 0])
    #expect(
      tokenizers.decodeTarget([1, 4, 5, 6, 0, 7, 2], copying: source.words) == "b x c <unk> y")
    let directory = try TemporaryDirectory()
    let text = try ParallelText(
      source: directory.write("x a\n", to: "source"), target: directory.write("b x\n", to: "target")
    )
    let batch = TranslationPairs(text, tokenizers, copies: true).batch([0])
    #expect(batch.copies?.elements(as: Int32.self) == [5, 3, 2])
    #expect(batch.inputs.values.elements(as: Int32.self) == [1, 4, 0])
    #expect(batch.targets.elements(as: Int32.self) == [4, 5, 2])
  }

  @Test func tokenizersWithoutAnUnknownTokenAreRefused() throws {
    let bare = try Tokenizer(
      preTokenizer: WhitespacePreTokenizer(),
      model: Lexicon(
        Vocabulary([(Array("<s>".utf8), 0), (Array("</s>".utf8), 1)]), unknownToken: "?"))
    #expect(throws: InputError.self) { try TranslationTokenizers(source: bare, target: bare) }
  }

  /// With special tokens that are found in texts, as trained tokenizers have them.
  private static func marked(_ words: [String]) throws -> Tokenizer {
    let plain = try tokenizer(words)
    return try Tokenizer(
      preTokenizer: plain.preTokenizer, model: plain.model,
      addedTokens: ["<unk>", "<s>", "</s>"].enumerated().map {
        AddedToken($0.element, id: Int32($0.offset))
      })
  }

  @Test func tiedProjectionsCostAsMuchAsOthers() {
    let setting = CostSetting(
      vocabularySize: 1000, usesBFloat16: false, recomputes: false, predictedShare: 1)
    func operations(tied: Bool, shared: Bool) -> Double {
      var recipe = TranslationRecipe(kind: .encoderDecoder)
      (recipe.hiddenSize, recipe.tiedEmbeddings, recipe.sharesVocabulary) = (16, tied, shared)
      recipe.complete()
      return recipe.cost(setting).operations
    }
    let expected = operations(tied: false, shared: false)
    for (tied, shared) in [(true, false), (false, true), (true, true)] {
      #expect(operations(tied: tied, shared: shared) == expected)
    }
  }

  @Test func decodersThatNeverSeeTheSourceAreRefused() throws {
    var recipe = TranslationRecipe(kind: .seq2seq)
    (recipe.hiddenSize, recipe.startsFromEncoder) = (16, false)
    recipe.complete()
    for form in RecurrentTranslation.Form.allCases {
      recipe.decoder = form
      let isRefused = (try? recipe.checkTogether()) == nil
      #expect(isRefused == (form == .state || form == .feedback), "\(form)")
    }
  }

  @Test func unequalFilesAreRefusedWithBothCounts() throws {
    let directory = try TemporaryDirectory()
    let source = try directory.write("a\nb\n", to: "source")
    let target = try directory.write("a\nb\n\n", to: "target")
    #expect(
      throws: InputError(
        file: target, expected: "as many lines as the 2 of \(source)", found: "3")
    ) { try ParallelText(source: source, target: target) }
  }

  @Test func oneFileHoldsSourcesAndTargets() throws {
    let directory = try TemporaryDirectory()
    let pairs = try directory.write("a b\tA\n\t\nc\tC D\r\n", to: "pairs.tsv")
    let text = try ParallelText(tabbed: pairs)
    #expect(text.sources == ["a b", "", "c"] && text.targets == ["A", "", "C D"])
    let more = try directory.write("a\tA\tB\nc\tC\n", to: "more.tsv")
    #expect(
      try ParallelText(tabbed: more, hasAlternatives: true).targets == ["A\tB", "C"])
    let expected = "a source, a tab and its target"
    #expect(throws: InputError(file: more, row: 1, expected: expected, found: "2 tabs")) {
      try ParallelText(tabbed: more)
    }
    let bare = try directory.write("a\tA\nb B\n", to: "bare.tsv")
    #expect(throws: InputError(file: bare, row: 2, expected: expected, found: "\"b B\"")) {
      try ParallelText(tabbed: bare)
    }
    let empty = try directory.write("", to: "empty.tsv")
    #expect(throws: InputError(file: empty, expected: "at least one line", found: "none")) {
      try ParallelText(tabbed: empty)
    }
  }

  @Test func jsonLinesAreRefused() throws {
    let directory = try TemporaryDirectory()
    let source = try directory.write("{\"text\": \"a\"}\n", to: "source.jsonl")
    #expect(
      throws: InputError(file: source, expected: "lines of plain text", found: "JSON lines")
    ) { try ParallelText(source: source, target: source) }
    #expect(
      throws: InputError(file: source, expected: "lines of plain text", found: "JSON lines")
    ) { try ParallelText(tabbed: source) }
  }

  @Test func targetTokenizersAreForTranslators() throws {
    var recipe = try Recipe.builtIn(named: "gpt-char")
    recipe.targetTokenizer = TokenizerRecipe(kind: .word)
    #expect(throws: InputError.self) { try recipe.validate() }
    var shared = try Recipe.builtIn(named: "translation-transformer")
    shared.targetTokenizer = TokenizerRecipe(kind: .word)
    #expect(throws: InputError.self) { try shared.validate() }
  }
}
