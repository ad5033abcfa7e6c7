import ApusFiles
import Testing

@testable import ApusText

@Suite struct TruncationTests {
  private func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(contentsOf: golden("\(name).tokenizer.json"))
  }

  /// What `Tests/Peers/tokenizers/families.py` got with `enable_truncation`.
  @Test func windowsAgreeWithHuggingFace() throws {
    let file = try JSONField(contentsOf: golden("truncation.json"))
    let text = try file["text"].string()
    var tokenizers: [String: Tokenizer] = [:]
    var (agreed, refused) = (0, 0)
    for item in try file["cases"].array() {
      let name = try item["tokenizer"].string()
      if tokenizers[name] == nil { tokenizers[name] = try tokenizer(name) }
      let tokenizer = try #require(tokenizers[name])
      let limit = try #require(try Truncation(item["options"]))
      let pair = try item["pair"].optionalString()
      let place = Comment(rawValue: "\(name) \(String(describing: pair)) \(limit)")
      guard !item["windows"].isNull else {
        #expect(throws: TruncationError.self, place) {
          try tokenizer.windows(of: text, pair, limit: limit)
        }
        refused += 1
        continue
      }
      let windows = try tokenizer.windows(of: text, pair, limit: limit)
      let expected = try item["windows"].array()
      #expect(windows.count == expected.count, place)
      for (ours, theirs) in zip(windows, expected) {
        let parts = try theirs.array()
        #expect(try ours.ids == parts[0].ids, place)
        #expect(try ours.typeIDs == parts[1].ids, place)
        #expect(
          try ours.offsets.flatMap { [Int32($0.lowerBound), Int32($0.upperBound)] }
            == parts[2].ids, place)
        #expect(try ours.specialTokensMask.map { $0 ? 1 : 0 } == parts[3].ids, place)
      }
      if pair == nil {
        #expect(try tokenizer.ids(of: [text], limit: limit) == [windows[0].ids], place)
      }
      agreed += 1
    }
    #expect(agreed > 50)
    #expect(refused > 10)
  }

  /// Of all cuts of a pair, the one with the most tokens whose lengths differ least.
  @Test func longestFirstEvensOut() throws {
    for first in 0..<9 {
      for second in 0..<9 {
        for room in 0..<20 {
          let limit = Truncation(maximumLength: room + 3)
          let (a, b) = try limit.lengths(first, second, specialCount: 3)
          #expect(a <= first && b <= second)
          #expect(a + b == min(first + second, room))
          // Neither was cut below the other by more than the odd token.
          #expect(a == first || b <= a + 1)
          #expect(b == second || a <= b + 1)
        }
      }
    }
  }

  @Test func windowsCoverTheTextWithTheStride() throws {
    let tokenizer = try tokenizer("wordpiece")
    let text = String(repeating: "the old sailor ", count: 50)
    let whole = tokenizer.encode(text, addsSpecialTokens: false)
    for (length, stride) in [(5, 0), (5, 2), (12, 9), (1000, 3)] {
      for side in Truncation.Side.allCases {
        let limit = Truncation(maximumLength: length + 2, side: side, stride: stride)
        let windows = try tokenizer.windows(of: text, limit: limit)
        var reached = 0
        for (index, window) in windows.enumerated() {
          let ids = Array(window.ids.dropFirst().dropLast())
          let passed = index * (length - stride)
          let start = side == .right ? passed : max(0, whole.ids.count - passed - length)
          #expect(ids == Array(whole.ids[start..<start + ids.count]))
          #expect(ids.count == length || index == windows.count - 1)
          reached = passed + ids.count
        }
        #expect(reached == whole.ids.count, "\(length) \(stride) \(side)")
      }
    }
  }

  @Test func filesLimitsAreKeptAndUsedWhereAsked() throws {
    var tokenizer = try tokenizer("wordpiece")
    let fingerprint = tokenizer.fingerprint
    tokenizer.truncation = Truncation(
      maximumLength: 6, strategy: .onlyFirst, side: .left, stride: 1)
    let directory = try TemporaryDirectory()
    try tokenizer.save(to: "\(directory.path)/tokenizer.json")
    let again = try Tokenizer(contentsOf: directory.path)
    #expect(again.truncation == tokenizer.truncation)
    #expect(again.fingerprint == fingerprint)
    let text = "the old sailor watched the lighthouse"
    #expect(again.encode(text).ids.count > 6)
    #expect(try again.windows(of: text)[0].ids.count == 6)
    #expect(try again.ids(of: [text])[0].count == 6)
    #expect(try again.ids(of: [text], limit: Truncation(maximumLength: 4))[0].count == 4)
  }

  @Test func manyTextsComeInOrder() throws {
    let tokenizer = try tokenizer("bpe")
    let texts = (0..<500).map { String(repeating: "kettle \($0) ", count: $0 % 17) }
    let expected = texts.map { tokenizer.encode($0).ids }
    for threads in [1, 2, 5] {
      #expect(try tokenizer.ids(of: texts, threadCount: threads) == expected)
    }
    #expect(try tokenizer.ids(of: []) == [])
    #expect(throws: TruncationError.self) {
      try tokenizer.ids(
        of: texts, limit: Truncation(maximumLength: 2, strategy: .onlySecond), threadCount: 2)
    }
  }

  @Test func refusesOtherOptions() throws {
    for text in [
      #"{"max_length": -1}"#, #"{"max_length": "8"}"#, "[]", "7",
      #"{"max_length": 8, "stride": -2}"#,
      #"{"max_length": 8, "strategy": "Longest"}"#, #"{"max_length": 8, "direction": "right"}"#,
    ] {
      var text = text
      let value = try text.withUTF8 { try JSONValue(parsing: $0, file: "options") }
      #expect(throws: InputError.self) { try Truncation(JSONField(value, file: "options")) }
    }
  }
}
