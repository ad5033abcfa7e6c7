import ApusFiles
import ApusTraining
import Testing

@Suite struct MetricsLogTests {
  @Test func writesOneObjectALine() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/metrics.jsonl"
    let log = try MetricsLog(path, from: 0)
    try log.append(step: 1, [("loss", 2.5), ("rate", 1e-05), ("norm", .infinity)])
    try log.append(step: 2, [])
    let text = String(decoding: try directory.bytes(of: path), as: UTF8.self)
    #expect(text == "{\"step\":1,\"loss\":2.5,\"rate\":1e-05,\"norm\":null}\n{\"step\":2}\n")
    #expect(
      try MetricsLog.records(of: path) == [
        .init(step: 1, values: ["loss": 2.5, "rate": 1e-05]), .init(step: 2, values: [:]),
      ])
  }

  @Test func goesOnFromACheckpoint() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/metrics.jsonl"
    var log = try MetricsLog(path, from: 0)
    for step in 1...9 { try log.append(step: step, [("loss", Double(step))]) }
    try log.append(step: 6, [("validation_loss", 1)])
    log = try MetricsLog(path, from: 6)
    try log.append(step: 7, [("loss", 70)])
    #expect(
      try MetricsLog.records(of: path)
        == (1...6).map { .init(step: $0, values: ["loss": Double($0)]) }
        + [.init(step: 7, values: ["loss": 70])])
    _ = try MetricsLog(path, from: 0)
    #expect(try MetricsLog.records(of: path).isEmpty)
  }

  /// Wherever a kill tears the last line, the whole lines before it are kept.
  @Test func aTornLineIsDropped() throws {
    let directory = try TemporaryDirectory()
    let whole = "{\"step\":1,\"loss\":2.5}\n{\"step\":2,\"loss\":2.25}\n"
    let first =
      whole.utf8.firstIndex(of: UInt8(ascii: "\n")).map {
        whole.utf8.distance(
          from: whole.startIndex, to: $0)
      } ?? 0
    for count in 0...whole.utf8.count {
      let torn = String(decoding: whole.utf8.prefix(count), as: UTF8.self)
      let path = try directory.write(torn, to: "torn.jsonl")
      let expected = count == whole.utf8.count ? 2 : count > first ? 1 : 0
      #expect(try MetricsLog.records(of: path).count == expected)
      let log = try MetricsLog(path, from: 2)
      try log.append(step: 3, [("loss", 2)])
      #expect(try MetricsLog.records(of: path).map(\.step) == Array(1...2).prefix(expected) + [3])
    }
  }

  @Test(arguments: ["nonsense", "[1]", "{}", "{\"step\":null}", "{\"step\":1.5}", "\u{0}", ""])
  func aForeignLineIsNamed(line: String) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("{\"step\":1}\n\(line)\n{\"step\":3}\n", to: "log")
    let error = #expect(throws: InputError.self) { try MetricsLog(path, from: 5) }
    #expect(error?.row == 2 && error?.file == path)
  }
}
