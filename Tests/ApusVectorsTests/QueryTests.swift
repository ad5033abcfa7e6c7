import ApusFiles
import ApusTensors
import ApusText
import ApusVectors
import Foundation
import Testing

@Suite struct QueryTests {
  @Test func neighboursAndAnalogiesAreGensims() throws {
    let vectors = try Golden.vectors("word2vec.bin")
    let expected = try Golden.expected()
    func expectEqual(_ found: [WordVectors.Neighbour], _ expected: [WordVectors.Neighbour]) {
      #expect(found.map(\.word) == expected.map(\.word))
      // Products over small cosines are large.
      for (found, expected) in zip(found, expected) {
        let scale = max(1, abs(expected.similarity))
        #expect(abs(found.similarity - expected.similarity) <= 2e-6 * scale)
      }
    }
    for (word, _) in try expected["neighbours"].members() {
      expectEqual(
        try vectors.neighbours(of: word, count: 4), try expected["neighbours"][word].neighbours())
    }
    // gensim gives the cosine with the mean of the unit vectors, which orders words as the sum does.
    let sum = try vectors.analogy("man", "king", "woman", count: 4)
    #expect(sum.map(\.word) == (try expected["sum"].neighbours()).map(\.word))
    expectEqual(
      try vectors.analogy("man", "king", "woman", rule: .product, count: 4),
      try expected["product"].neighbours())
    let similarity = try #require(vectors.similarity("river", "bank"))
    guard case .number(let expectedSimilarity) = expected["similarity"].value else {
      throw expected["similarity"].error(expected: "a number")
    }
    #expect(abs(Double(similarity) - expectedSimilarity) < 1e-6)
  }

  @Test func unknownWordsHaveNoNeighbours() throws {
    let vectors = try Golden.vectors("word2vec.bin")
    let error = #expect(throws: InputError.self) { try vectors.neighbours(of: "absent") }
    #expect(error?.description == "expected a word of the vocabulary of 15, got \"absent\"")
    #expect(vectors.similarity("absent", "king") == nil)
    // With subwords every word that is not empty has some.
    #expect(try Golden.vectors("fasttext.bin").neighbours(of: "absent", count: 3).count == 3)
  }

  @Test func zerosAreNearNothing() throws {
    let vectors = WordVectors(
      try Vocabulary(["a", "b", "zero"]), Tensor([1, 0, 1, 1, 0, 0] as [Float], [3, 2]))
    #expect(vectors.similarity("a", "zero") == 0)
    #expect(try vectors.neighbours(of: "a").map(\.word) == ["b", "zero"])
    #expect(try vectors.neighbours(of: "zero").map(\.similarity) == [0, 0])
  }

  @Test func embeddingHasTheRowsOfATokenizer() throws {
    let vectors = try Golden.vectors("word2vec.bin")
    let vocabulary = try Tokenizer(
      model: Lexicon(Vocabulary(["[UNK]", "Queen", "king", "absent", "Zürich"])))
    let key = RandomKey(seed: 1, name: "rows")
    let (table, knownCount) = vectors.embedding(for: vocabulary, key)
    #expect(table.shape == [5, 7])
    #expect(knownCount == 3)
    #expect(table.rows(1..<2).elements() == vectors.vector(of: "queen"))
    #expect(table.rows(2..<3).elements() == vectors.vector(of: "king"))
    #expect(table.rows(4..<5).elements() == vectors.vector(of: "Zürich"))
    // Unknown words differ from each other, and are the same for the same key.
    #expect(table.rows(0..<1).elements() as [Float] != table.rows(3..<4).elements())
    #expect(vectors.embedding(for: vocabulary, key).table.floatElements == table.floatElements)
  }

  @Test func knownSpellingsComeBeforeSubwordsAndSpecialTokensHaveNone() throws {
    let vectors = try Golden.vectors("fasttext.bin")
    let tokenizer = try Tokenizer(
      model: Lexicon(Vocabulary(["[UNK]", "Queen", "absent"])),
      addedTokens: [AddedToken("[PAD]", id: 3)])
    let (table, knownCount) = vectors.embedding(for: tokenizer, RandomKey(seed: 1, name: "rows"))
    #expect(table.shape == [4, 5])
    #expect(knownCount == 2)
    #expect(vectors.vocabulary.id(of: "Queen") == nil && vectors.vocabulary.id(of: "queen") != nil)
    #expect(table.rows(1..<2).elements() == vectors.vector(of: "queen"))
    #expect(table.rows(2..<3).elements() == vectors.vector(of: "absent"))
    #expect(table.rows(0..<1).elements() != vectors.vector(of: "[UNK]"))
    #expect(table.rows(3..<4).elements() != vectors.vector(of: "[PAD]"))
  }

  @Test(arguments: [0, 1, 2, 7, 500, Int.max])
  func theBestAreThoseOfASort(_ count: Int) throws {
    // Cosines with (1, 0) fall with the angle; many words have the same.
    let angles = (0..<300).map { Double($0 * 7919 % 100) / 100 }
    let vectors = WordVectors(
      try Vocabulary(angles.indices.map { "word \($0)" }),
      Tensor(angles.flatMap { [Float(cos($0)), Float(sin($0))] }, [300, 2]))
    let order = angles.indices.sorted { (angles[$0], $0) < (angles[$1], $1) }
    let found = vectors.nearest(to: [1, 0], count: count, besides: ["word \(order[1])"])
    let expected = ([order[0]] + order[2...]).prefix(count).map { "word \($0)" }
    #expect(found.map(\.word) == expected)
  }
}
