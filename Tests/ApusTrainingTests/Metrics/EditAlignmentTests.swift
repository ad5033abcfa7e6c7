import Testing

@testable import ApusTraining

@Suite struct EditAlignmentTests {
  /// Every alignment of two short sequences has no fewer edits, and that many are counted.
  @Test func countsAreTheEditDistance() {
    let letters = Array("abc")
    var words: [[Character]] = [[]]
    for _ in 0..<4 { words += words.flatMap { word in letters.map { word + [$0] } } }
    for (index, output) in words.enumerated() where index % 7 == 0 {
      for (place, reference) in words.enumerated() where place % 11 == 0 {
        let alignment = EditAlignment(output, reference: reference)
        #expect(alignment.counts.total == editDistance(output, reference))
        #expect(alignment.pairs.compactMap(\.output) == output)
        #expect(alignment.pairs.compactMap(\.reference) == reference)
        let counts = alignment.counts
        #expect(alignment.pairs.count { $0.output == nil } == counts.deletions)
        #expect(alignment.pairs.count { $0.reference == nil } == counts.insertions)
        let divided = EditAlignment(output, reference: reference, tableLimit: 3)
        #expect(divided.counts == counts && divided.pairs.count == alignment.pairs.count)
        #expect(divided.pairs.compactMap(\.output) == output)
        #expect(divided.pairs.compactMap(\.reference) == reference)
        #expect(
          divided.pairs.count {
            $0.output != nil && $0.reference != nil && $0.output != $0.reference
          }
            == counts.substitutions)
        #expect(output.count - counts.insertions == reference.count - counts.deletions)
      }
    }
  }

  @Test func kindsOfEdits() {
    let alignment = EditAlignment(
      "the cat sat on on mat".split(separator: " "),
      reference: "a cat sat on the big mat".split(separator: " "))
    #expect(alignment.counts.substitutions == 2)
    #expect(alignment.counts.deletions == 1 && alignment.counts.insertions == 0)
    #expect(alignment.counts.length == 7)
    // Not one of both and two edits around it.
    #expect(EditAlignment(["b", "a"], reference: ["a", "b"]).counts.substitutions == 2)
    #expect(EditAlignment([1], reference: []).counts.insertions == 1)
    #expect(EditAlignment([], reference: [1, 2]).counts.rate == 1)
    #expect(EditAlignment([Int](), reference: []).counts.rate == 0)
  }

  @Test func transcriptsAreScoredByWordsAndCharacters() {
    var score = TranscriptScore()
    let pairs = score.add(" one  too three", reference: "one two three").pairs
    #expect(pairs.map(\.output) == ["one", "too", "three"])
    score.add("four", reference: "four")
    #expect(score.count == 2 && score.rightCount == 1)
    #expect(score.words.rate == 0.25 && score.words.substitutions == 1)
    #expect(score.characters.length == 17 && score.characters.total == 1)
    var sum = TranscriptScore()
    sum += score
    sum += score
    #expect(sum.words.length == 8 && sum.words.rate == score.words.rate)
  }
}
