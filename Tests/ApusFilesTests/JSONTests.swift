import ApusFiles
import Testing

@Suite struct JSONTests {
  private func parse(_ text: String, depth: Int = 64) throws -> JSONField {
    var text = text
    let value = try text.withUTF8 { try JSONValue(parsing: $0, file: "test.json", depth: depth) }
    return JSONField(value, file: "test.json")
  }

  @Test func readsEveryKindOfValue() throws {
    let field = try parse(
      #" {"a": [1, -2.5e3, true, false, null], "ü": "x\n\u00e9\ud83d\ude00", "o": {"k": ""}} "#)
    #expect(try field["a"].array()[0].integer(in: 0...5) == 1)
    guard case .number(-2500) = try field["a"].array()[1].value else {
      Issue.record("-2.5e3 was not read")
      return
    }
    #expect(try field["a"].array()[2].bool(default: false))
    #expect(try field["a"].array()[4].isNull)
    #expect(try field["ü"].string() == "x\né😀")
    #expect(try field["o"]["k"].string() == "")
    #expect(field["o"]["none"].isNull)
    #expect(try field["none"].bool(default: true))
  }

  @Test func keepsEquivalentKeysApart() throws {
    let members = try parse("{\"\u{C5}\": 1, \"\u{212B}\": 2}").members()
    #expect(members.count == 2)
    #expect(try parse("{\"\u{C5}\": 1, \"\u{212B}\": 2}")["\u{212B}"].integer(in: 0...9) == 2)
  }

  @Test func writesWhatItReads() throws {
    let text = #"{"a":[1,2.5,"q\"\\\n\u0001é",[],{}],"b":{"c":null,"d":true}}"#
    let once = try parse(text).value.text
    #expect(try parse(once).value.text == once)
    #expect(once.contains(#""q\"\\\n\u0001é""#))
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\" 1}", "nul", "01", "1.", "+1", "\"\\ud800\"", "\"a", "\"\u{1}\"",
    "[1] 2", "{a: 1}", "'x'", "--1", "1e", "\"\\",
  ])
  func refusesOtherText(_ text: String) {
    #expect(throws: InputError.self) { try parse(text) }
  }

  @Test func namesTheLineAndThePath() throws {
    do {
      _ = try parse("{\n\"a\": 1,\n\"b\": x}")
      Issue.record("took x for a value")
    } catch let error as InputError {
      #expect(error.row == 3)
    }
    do {
      _ = try parse(#"{"a": [{"b": "text"}]}"#)["a"].array()[0]["b"].integer(in: 0...9)
      Issue.record("took a string for an integer")
    } catch let error as InputError {
      #expect(error.expected.contains("a[0].b"))
    }
  }

  @Test func boundsNesting() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: InputError.self) { try parse(deep) }
    #expect(throws: InputError.self) { try parse("[[[1]]]", depth: 3) }
    #expect(try parse("[[1]]", depth: 3).array().count == 1)
  }

  @Test func checksumIsThatOfGzip() {
    var checksum = Checksum()
    Array("1234".utf8).withUnsafeBytes { checksum.update($0) }
    Array("56789".utf8).withUnsafeBytes { checksum.update($0) }
    #expect(checksum.value == 0xCBF4_3926)
  }
}
