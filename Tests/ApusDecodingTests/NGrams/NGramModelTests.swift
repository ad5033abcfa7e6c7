import ApusFiles
import Foundation
import Testing

@testable import ApusDecoding

@Suite struct NGramModelTests {
  @Test func scoresAreKenLMs() throws {
    let golden = try Golden.Readings()
    let model = try NGramModel(contentsOf: Golden.directory + "words.arpa")
    #expect(model.order == 3 && model.unit == .word)
    for sentence in golden.sentences {
      let scores = model.scores(sentence.words)
      #expect(scores.count == sentence.scores.count)
      for (score, expected) in zip(scores, sentence.scores) {
        #expect(abs(Double(score.logProbability) - expected[0]) < 1e-5)
        #expect(score.length == Int(expected[1]))
      }
    }
  }

  @Test func probabilitiesSumToOne() throws {
    for name in ["words.arpa", "characters.arpa"] {
      let model = try NGramModel(contentsOf: Golden.directory + name)
      var context = model.start
      let first = try Golden.sentences()[7]
      for word in NGramModel.words(of: first, model.unit) {
        let sum = (0..<Int32(model.counts[0])).reduce(0.0) {
          $0 + pow(10, Double(model.score($1, after: context).logProbability))
        }
        #expect(abs(sum - 1) < 1e-4)
        context = model.score(model.id(of: word), after: context).context
      }
    }
    #expect(try NGramModel(contentsOf: Golden.directory + "characters.arpa").unit == .character)
  }

  /// The scores that KenLM's own tests expect, where the real data is there.
  @Test func scoresOfRealModels() throws {
    struct Word: Decodable {
      let word: String
      let log10_prob: Float
      let ngram_length: Int
    }
    guard let data = FileManager.default.contents(atPath: Golden.models + "expected_scores.json")
    else {
      print("skipped: no \(Golden.models)")
      return
    }
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let model = try NGramModel(contentsOf: Golden.models + "test.arpa")
    for (name, value) in object where value is [Any] {
      let words = try JSONDecoder().decode(
        [Word].self, from: JSONSerialization.data(withJSONObject: value))
      var context = model.start
      for word in words {
        let isAlone = name == "after_begin_of_sentence"
        let score = model.score(model.id(of: word.word), after: isAlone ? model.start : context)
        context = score.context
        #expect(abs(score.logProbability - word.log10_prob) < 1e-4, "\(name): \(word.word)")
        #expect(score.length == word.ngram_length, "\(name): \(word.word)")
      }
    }
    // Without an unknown word; with a comment before the head, and packed.
    let nameless = try NGramModel(contentsOf: Golden.models + "test_nounk.arpa")
    #expect(nameless.scores(["xyzzy"])[0].logProbability < -90)
    #expect(nameless.counts == [37, 45, 10, 6, 4])
    // Of the words a and b alone, which are words nonetheless.
    let toy = try NGramModel(contentsOf: Golden.models + "toy0.arpa")
    #expect(toy.unit == .word)
    let sum = toy.scores(["a", "b", "b", "a"]).reduce(0) { $0 + $1.logProbability }
    #expect(abs(sum + 3.1584086) < 1e-6)
    let packed = try NGramModel(contentsOf: Golden.models + "100.arpa.gz")
    #expect(packed.order == 3 && packed.counts[0] >= 399)
  }

  @Test func filesSayTheSame() throws {
    let directory = try TemporaryDirectory()
    let model = try NGramModel(contentsOf: Golden.directory + "words.arpa")
    try model.writeBinary(to: directory.path + "/model.bin")
    try model.writeARPA(to: directory.path + "/model.arpa")
    let words = try Golden.sentences()[20].split(separator: " ").map(String.init) + ["xyzzy"]
    for name in ["model.bin", "model.arpa"] {
      let other = try NGramModel(contentsOf: "\(directory.path)/\(name)")
      #expect(other.counts == model.counts)
      #expect(other.scores(words) == model.scores(words))
    }
    let sound = try Data(contentsOf: URL(filePath: directory.path + "/model.bin"))
    for (place, found) in [(13, "damage"), (sound.count / 2, "damage")] {
      var damaged = sound
      damaged[place] ^= 4
      try damaged.write(to: URL(filePath: directory.path + "/damaged.bin"))
      #expect {
        try NGramModel(contentsOf: directory.path + "/damaged.bin")
      } throws: {
        ($0 as? InputError)?.found == found
      }
    }
    try sound.dropLast(9).write(to: URL(filePath: directory.path + "/cut.bin"))
    #expect(throws: InputError.self) {
      try NGramModel(contentsOf: directory.path + "/cut.bin")
    }
  }

  /// What can be read but once, in either form.
  @Test(arguments: ["words.arpa", "words.bin"]) func pipes(_ name: String) throws {
    let directory = try TemporaryDirectory()
    let model = try NGramModel(contentsOf: Golden.directory + "words.arpa")
    let file = "\(directory.path)/\(name)"
    try name.hasSuffix(".bin") ? model.writeBinary(to: file) : model.writeARPA(to: file)
    let pipe = directory.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let bytes = try Data(contentsOf: URL(filePath: file))
    Thread.detachNewThread {
      let writer = FileHandle(forWritingAtPath: pipe)
      try? writer?.write(contentsOf: bytes)
      try? writer?.close()
    }
    let found = try NGramModel(contentsOf: pipe)
    #expect(found.counts == model.counts && found.vocabulary == model.vocabulary)
  }

  @Test(arguments: ["<s>", "</s>"]) func sentencesBeginAndEnd(_ word: String) throws {
    let directory = try TemporaryDirectory()
    let other = word == "<s>" ? "</s>" : "<s>"
    let path = try directory.write(
      "\\data\\\nngram 1=2\n\n\\1-grams:\n-1\ta\n-1\t\(other)\n\n\\end\\\n", to: "a.arpa")
    #expect {
      try NGramModel(contentsOf: path)
    } throws: {
      ($0 as? InputError)?.description == "\(path): expected \(word) among the 1-grams, got none"
    }
  }

  /// An n-gram whose beginning was pruned away has the probability of its file; the beginning has
  /// what its end gives.
  @Test func missingBeginnings() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(
      """
      \\data\\
      ngram 1=5
      ngram 2=1
      ngram 3=1

      \\1-grams:
      -1\t<unk>
      -0.5\ta\t-0.25
      -0.75\tb\t-0.125
      0\t<s>\t-0.5
      -1.5\t</s>

      \\2-grams:
      -0.1\ta a\t-0.5

      \\3-grams:
      -0.2\tb a b

      \\end\\
      """, to: "model.arpa")
    let model = try NGramModel(contentsOf: path)
    #expect(model.counts == [5, 2, 1])
    let (a, b) = (model.id(of: "a"), model.id(of: "b"))
    let first = model.score(b, after: model.empty)
    let second = model.score(a, after: first.context)
    #expect(abs(second.logProbability - (-0.125 - 0.5)) < 1e-6)
    let third = model.score(b, after: second.context)
    #expect(third.logProbability == -0.2 && third.length == 3)
    // Behind "b a", "a a" is what is known of "a".
    let other = model.score(a, after: second.context)
    #expect(other.logProbability == -0.1 && other.length == 2)
  }

  @Test(
    arguments: [
      ("ngram 1=4", "ngram 1=5", 10, "5 1-grams as the head says, got 4"),
      ("ngram 1=4", "ngram 1=3", 8, "3 1-grams as the head says, got more"),
      ("ngram 2=1", "ngram 3=1", 3, "expected ngram 2=COUNT"),
      ("-0.5\ta\t-0.25", "-0.5", 6, "1 fields"), ("-0.5\ta", "x\ta", 6, "expected a number"),
      ("-0.5\ta", "0.5\ta", 6, "the logarithm of a probability"),
      ("-0.5\ta", "-0.5\t<unk>", 6, "\"<unk>\" again"),
      ("a </s>", "a c", 11, "expected words that are 1-grams, got \"c\""),
      ("\\end\\", "\\the end\\", 13, "expected \\end\\"),
      ("\\2-grams", "\\3-grams", 10, "\\2-grams:"),
      ("\\data\\", "data", 13, "the end of the file"),
    ])
  func refusesDamage(_ sound: String, _ damaged: String, _ row: Int, _ message: String) throws {
    let text = """
      \\data\\
      ngram 1=4
      ngram 2=1
      \\1-grams:
      -1\t<unk>
      -0.5\ta\t-0.25
      -1.5\t</s>
      0\t<s>

      \\2-grams:
      -0.1\ta </s>

      \\end\\
      """
    let directory = try TemporaryDirectory()
    #expect(try NGramModel(contentsOf: directory.write(text, to: "sound.arpa")).order == 2)
    let blank = text.replacingOccurrences(of: "\\\n", with: "\\ \t\n") + " "
    #expect(try NGramModel(contentsOf: directory.write(blank, to: "blank.arpa")).order == 2)
    let path = try directory.write(
      text.replacingOccurrences(of: sound, with: damaged), to: "damaged.arpa")
    #expect {
      try NGramModel(contentsOf: path)
    } throws: { error in
      let description = (error as? InputError)?.description ?? ""
      return description.hasPrefix("\(path):\(row): ") && description.contains(message)
    }
  }
}
