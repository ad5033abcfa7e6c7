import ApusFiles
import ApusTensors
import Glibc
import Testing

@testable import ApusDecoding

@Suite struct CTCSearchTests {
  /// Waves of no particular period.
  private static func wave(_ rows: Int, _ columns: Int, _ scale: Double = 2) -> Tensor {
    Tensor(
      (0..<rows * columns).map {
        Float(scale * sin(1.618_033_988 * Double($0) + sin(0.37 * Double($0))))
      },
      [rows, columns])
  }

  /// Without pruning a prefix has the probability of all its alignments.
  @Test func completeSearchesFindProbabilities() throws {
    let alphabet = try CTCAlphabet(tokens: ["a", "b", "", "c"], blank: 2)
    let logits = Self.wave(6, 4)
    let options = try CTCBeamOptions(
      width: 60_000, leastLogProbability: -.infinity, threshold: .infinity, recombines: false)
    let readings = try ctcBeamSearch(
      logits, alphabet, options, CTCLanguage(alphabet), count: 10_000)
    #expect(readings.count > 300)
    #expect(abs(readings.reduce(0) { $0 + exp($1.score) } - 1) < 1e-5)
    for (former, next) in zip(readings, readings.dropFirst()) {
      #expect(former.score >= next.score)
    }
    for reading in readings[..<40] {
      let loss = try ctcLoss(
        Sequences(logits, lengths: [6]), targets: [reading.labels.map(\.label)], blank: 2
      ).losses.scalar
      #expect(abs(Double(loss) + reading.acousticScore) < 1e-5)
    }
  }

  @Test func readingsArePyctcdecodes() throws {
    let golden = try Golden.Readings()
    let alphabet = try CTCAlphabet(tokens: golden.letters, blank: 0, separator: 1)
    let model = try NGramModel(contentsOf: Golden.directory + "words.arpa")
    let fusion = CTCLanguage.Fusion(model, alpha: golden.alpha, beta: golden.beta)
    let languages = [
      "plain": try CTCLanguage(alphabet), "fused": try CTCLanguage(alphabet, fusion: fusion),
      "hot": try CTCLanguage(alphabet, hotWords: golden.hot),
    ]
    let all = try CTCBeamOptions(
      width: 100, leastLogProbability: -1000, threshold: 1000, recombines: false)
    for (logits, readings) in zip(try Golden.logits(), golden.readings) {
      for (name, language) in languages {
        let expected = try #require(readings[name])
        let found = try #require(ctcBeamSearch(logits, alphabet, all, language).first)
        #expect(found.text == expected.text, "\(name)")
        #expect(abs(found.acousticScore - expected.acoustic) < 1e-3, "\(name)")
        #expect(abs(found.score - expected.score) < 1e-3, "\(name)")
        // With a language model what is the same to it is recombined, not the same last words.
        guard name != "fused" else { continue }
        let best = try #require(readings[name + ", best"])
        #expect(
          try ctcBeamSearch(logits, alphabet, CTCBeamOptions(), language)[0].text == best.text,
          "\(name), best")
      }
    }
  }

  @Test func framesBitByBitChangeNothing() throws {
    let golden = try Golden.Readings()
    let alphabet = try CTCAlphabet(tokens: golden.letters, blank: 0, separator: 1)
    let model = try NGramModel(contentsOf: Golden.directory + "words.arpa")
    let language = try CTCLanguage(alphabet, fusion: CTCLanguage.Fusion(model))
    let options = try CTCBeamOptions(width: 20, recombines: false)
    let logits = try Golden.logits()[0]
    let whole = try ctcBeamSearch(logits, alphabet, options, language, count: 5)
    var search = CTCBeamSearch(alphabet, options, language)
    var partials: [String] = []
    for start in stride(from: 0, to: logits.shape[0], by: 7) {
      try search.add(logits.rows(start..<min(start + 7, logits.shape[0])))
      let words = search.settledWords + search.partial.words
      partials.append(words.map(\.text).joined(separator: " "))
    }
    #expect(search.finished(count: 5) == whole)
    #expect(whole.count == 5 && partials[5].count > 5)
    #expect(whole[0].text.hasPrefix(partials[5].prefix(4)))
  }

  /// What a search keeps does not grow with what it has heard, but for the text.
  @Test func longSearchesKeepNoMoreThanTheirText() throws {
    let golden = try Golden.Readings()
    let alphabet = try CTCAlphabet(tokens: golden.letters, blank: 0, separator: 1)
    let logits = try Golden.logits()[1]
    var search = CTCBeamSearch(
      alphabet, try CTCBeamOptions(width: 50), try CTCLanguage(alphabet))
    var settled: [TimedWord] = []
    for _ in 0..<60 {
      try search.add(logits)
      #expect(search.settledWords.starts(with: settled))
      settled = search.settledWords
    }
    let once = try ctcBeamSearch(logits, alphabet, search.options, CTCLanguage(alphabet))[0]
    let whole = search.finished()[0]
    #expect(whole.words.count >= 59 * (once.words.count - 1))
    // What is said to be settled is, and nearly all is; a partial reading is of the rest alone.
    #expect(whole.words.starts(with: settled))
    #expect(settled.count > whole.words.count - 3 * once.words.count)
    #expect(whole.words[settled.count...].elementsEqual(search.partial.words))
    #expect(search.nodeCount < 1 << 12)
    let frames = whole.labels.map(\.frames)
    #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
    #expect((frames.last?.upperBound ?? 0) < search.frameCount)
    // The same is heard at the same times in each repetition, wherever labels were settled.
    let length = logits.shape[0]
    let repetitions = (1..<59).map { number in
      frames.filter { $0.lowerBound / length == number }.map {
        $0.lowerBound - number * length...$0.upperBound - number * length
      }
    }
    #expect(Set(repetitions).count == 1)
  }

  /// Where everything is as probable, no more is followed than was asked for.
  @Test(arguments: [true, false]) func evenFrames(_ recombines: Bool) throws {
    let alphabet = try CTCAlphabet(
      tokens: (0..<29).map { $0 < 2 ? "" : "\($0)" }, blank: 0, separator: 1)
    let options = try CTCBeamOptions(width: 40, recombines: recombines)
    var search = CTCBeamSearch(alphabet, options, try CTCLanguage(alphabet))
    for _ in 0..<40 { try search.add(.zeros([10, 29])) }
    #expect(search.nodeCount < 1 << 13)
    #expect((1...40).contains(search.finished(count: 100).count))
  }

  @Test func wordsHaveTimesAndConfidences() throws {
    let golden = try Golden.Readings()
    let alphabet = try CTCAlphabet(tokens: golden.letters, blank: 0, separator: 1)
    let model = try NGramModel(contentsOf: Golden.directory + "words.arpa")
    let language = try CTCLanguage(
      alphabet, fusion: CTCLanguage.Fusion(model, alpha: golden.alpha, beta: golden.beta))
    for (logits, spoken) in zip(try Golden.logits(), golden.spoken) {
      let reading = try ctcBeamSearch(logits, alphabet, CTCBeamOptions(), language)[0]
      let target = spoken.map { Int32(golden.letters.firstIndex(of: String($0)) ?? 0) }
      let alignment = try CTCAlignment(target, with: logits, alphabet)
      #expect(alignment.words(alphabet).map(\.text).joined(separator: " ") == spoken)
      let words = alignment.words(alphabet)
      #expect(words.allSatisfy { 0...1 ~= $0.confidence })
      for (former, next) in zip(words, words.dropFirst()) {
        #expect(former.frames.upperBound < next.frames.lowerBound)
      }
      // Two ways to the same times.
      let common = zip(reading.words, words).filter { $0.text == $1.text }
      #expect(common.count > words.count / 2)
      for (found, expected) in common {
        #expect(abs(found.frames.lowerBound - expected.frames.lowerBound) <= 2)
        #expect(abs(found.frames.upperBound - expected.frames.upperBound) <= 2)
      }
    }
  }

  /// What is written the same but ends with another word has another future: a word in two parts and
  /// one without a gap, which are as long, are both followed to the end.
  @Test func prefixesWithAnotherWordAreNoRivals() throws {
    let alphabet = try CTCAlphabet(
      tokens: ["", " ", "a", "b", "c", "d"], blank: 0, separator: 1)
    let path: [[Int: Float]] = [
      [2: 1], [3: 1], [0: 0.7, 1: 0.3], [0: 0.7, 1: 0.3], [0: 1], [4: 1], [5: 1],
    ]
    let values = path.flatMap { frame in (0..<6).map { log(frame[$0] ?? 1e-4) } }
    let reading = try ctcBeamSearch(
      Tensor(values, [path.count, 6]), alphabet, CTCBeamOptions(), CTCLanguage(alphabet))[0]
    #expect(reading.text == "ab cd")
    #expect(abs(exp(reading.acousticScore) - 0.51) < 0.005)
  }

  /// One text is one reading, however its pieces are cut.
  @Test func readingsDiffer() throws {
    let alphabet = try CTCAlphabet(tokens: ["", "▁a", "b", "▁ab", "c"], blank: 0)
    let readings = try ctcBeamSearch(
      Self.wave(6, 5), alphabet, CTCBeamOptions(), CTCLanguage(alphabet), count: 40)
    #expect(Set(readings.map(\.text)).count == readings.count && readings.count > 5)
  }

  @Test func optionsAreNumbersThatMeanSomething() {
    #expect(throws: InputError.self) { try CTCBeamOptions(width: 0) }
    #expect(throws: InputError.self) { try CTCBeamOptions(threshold: .nan) }
    #expect(throws: InputError.self) { try CTCBeamOptions(leastLogProbability: .nan) }
  }

  /// A table of steps would be larger than what there is room for.
  @Test func alignmentsOfHoursAreRefused() throws {
    let alphabet = try CTCAlphabet(tokens: ["", "a", "b"], blank: 0)
    let target = (0..<65_600).map { Int32(1 + $0 % 2) }
    #expect {
      try CTCAlignment(target, with: .zeros([65_600, 3]), alphabet)
    } throws: {
      ($0 as? InputError)?.found == "65600"
    }
  }

  /// The best of all alignments of the labels, by enumeration.
  @Test func alignmentsAreTheMostProbable() throws {
    let alphabet = try CTCAlphabet(tokens: ["a", "", "b"], blank: 1)
    let logits = Self.wave(6, 3, 3)
    let frames = logits.logSoftmax().elements(as: Float.self).map(Double.init)
    let target: [Int32] = [0, 0, 2]
    var paths: [(labels: [Int32], score: Double)] = [([], 0)]
    for frame in 0..<6 {
      paths = paths.flatMap { path in
        (0..<3).map { (path.labels + [Int32($0)], path.score + frames[3 * frame + $0]) }
      }
    }
    let matching = paths.filter { path in
      let distinct = path.labels.indices.filter {
        $0 == 0 || path.labels[$0] != path.labels[$0 - 1]
      }
      return distinct.map { path.labels[$0] }.filter { $0 != 1 } == target
    }
    let best = try #require(matching.max { $0.score < $1.score })
    let alignment = try CTCAlignment(target, with: logits, alphabet)
    #expect(abs(alignment.score - best.score) < 1e-9)
    for label in alignment.labels {
      #expect(label.frames.allSatisfy { best.labels[$0] == label.label })
    }
    #expect(alignment.labels.reduce(0) { $0 + $1.frames.count } == best.labels.count { $0 != 1 })
    #expect(throws: InputError.self) {
      try CTCAlignment([0, 0, 2, 2, 2], with: logits, alphabet)
    }
    #expect(throws: InputError.self) { try CTCAlignment([1], with: logits, alphabet) }
    #expect(try CTCAlignment([], with: logits, alphabet).labels.isEmpty)
  }

  @Test func greedyReadsTheBestPath() throws {
    let alphabet = try CTCAlphabet(tokens: ["", " ", "a", "b"], blank: 0, separator: 1)
    let path = [0, 2, 2, 0, 2, 1, 0, 1, 3, 3, 0]
    var values = [Float](repeating: 0, count: path.count * 4)
    for (frame, label) in path.enumerated() { values[4 * frame + label] = 5 }
    let reading = try ctcGreedySearch(Tensor(values, [path.count, 4]), alphabet)
    #expect(reading.text == "aa b")
    #expect(reading.words.map(\.frames) == [1...4, 8...9])
    #expect(reading.labels.map(\.label) == [2, 2, 1, 1, 3])
    values[9] = .nan
    #expect {
      try ctcGreedySearch(Tensor(values, [path.count, 4]), alphabet)
    } throws: {
      ($0 as? InputError)?.row == 3
    }
  }

  @Test func lexiconsLeaveNothingElse() throws {
    let golden = try Golden.Readings()
    let alphabet = try CTCAlphabet(tokens: golden.letters, blank: 0, separator: 1)
    let words = Set(golden.spoken.flatMap { $0.split(separator: " ").map(String.init) })
    let language = try CTCLanguage(alphabet, lexicon: words.sorted())
    for logits in try Golden.logits() {
      for reading in try ctcBeamSearch(logits, alphabet, CTCBeamOptions(), language, count: 20) {
        #expect(reading.words.allSatisfy { words.contains($0.text) })
        #expect(!reading.words.isEmpty)
      }
    }
    let wordless = try CTCAlphabet(tokens: ["", "a"], blank: 0)
    #expect(throws: InputError.self) { try CTCLanguage(wordless, lexicon: ["a"]) }
    #expect(throws: InputError.self) { try CTCLanguage(alphabet, lexicon: []) }
  }

  /// What a model of characters adds is its score of the text.
  @Test func modelsOfCharacters() throws {
    let golden = try Golden.Readings()
    let alphabet = try CTCAlphabet(tokens: golden.letters, blank: 0, separator: 1)
    let pieces = try CTCAlphabet(
      tokens: golden.letters.map { $0 == " " ? "▁" : $0 }, blank: 0)
    let model = try NGramModel(contentsOf: Golden.directory + "characters.arpa")
    let fusion = CTCLanguage.Fusion(model, alpha: 0.6, beta: 0.4)
    for logits in try Golden.logits() {
      for alphabet in [alphabet, pieces] {
        let language = try CTCLanguage(alphabet, fusion: fusion)
        let plain = try ctcBeamSearch(logits, alphabet, CTCBeamOptions(), CTCLanguage(alphabet))[0]
        let reading = try ctcBeamSearch(logits, alphabet, CTCBeamOptions(), language)[0]
        #expect(reading.text != plain.text)
        let characters = NGramModel.words(of: reading.text, .character)
        let score = model.scores(characters).reduce(0) { $0 + Double($1.logProbability) }
        let expected = 0.6 * log(10) * score + 0.4 * Double(characters.count)
        #expect(abs(reading.languageScore - expected) < 1e-3)
      }
    }
  }

  @Test func tuningFindsWeights() throws {
    let golden = try Golden.Readings()
    let alphabet = try CTCAlphabet(tokens: golden.letters, blank: 0, separator: 1)
    let model = try NGramModel(contentsOf: Golden.directory + "words.arpa")
    let utterances = zip(try Golden.logits(), golden.spoken).map {
      CTCTuning.Utterance(logits: $0, text: $1)
    }
    var tuning = CTCTuning()
    tuning.pointCount = 3
    tuning.refinementCount = 1
    tuning.thresholds = [2, 20]
    var reported = 0
    let trials = try tuning.run(
      utterances, alphabet, CTCBeamOptions(width: 20), model,
      errorCount: { reading, text in zip(reading, text).count { $0 != $1 } },
      report: { _ in reported += 1 })
    #expect(trials.count == reported && (18...20).contains(reported))
    tuning.thresholds = [.nan]
    #expect(throws: InputError.self) {
      try tuning.run(utterances, alphabet, CTCBeamOptions(), model, errorCount: { _, _ in 0 })
    }
    let damaged = CTCTuning.Utterance(
      logits: Tensor(
        [Float](repeating: .nan, count: golden.letters.count), [1, golden.letters.count]),
      text: "")
    #expect {
      try CTCTuning().run(
        [utterances[0], damaged, damaged], alphabet, CTCBeamOptions(), model,
        errorCount: { _, _ in 0 })
    } throws: {
      ($0 as? InputError)?.description.hasPrefix("utterance 2:1: ") == true
    }
    #expect(trials.first?.alpha ?? 0 > 0)
    #expect(trials.first?.errorCount ?? .max < trials.last?.errorCount ?? 0)
    for (former, next) in zip(trials, trials.dropFirst()) {
      #expect(former.errorCount <= next.errorCount)
    }
  }
}
