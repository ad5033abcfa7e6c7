import ApusFiles
import ApusTraining
import Testing

@Suite struct TensorBoardWriterTests {
  /// RFC 3720, B.4, and the check value of "123456789".
  @Test func checksumsAreThePublishedOnes() {
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(0..<32) == 0x46DD_794E)
    #expect(CRC32C.checksum((0..<32).reversed()) == 0x113F_DB5C)
    #expect(CRC32C.checksum("123456789".utf8) == 0xE306_9283)
    #expect(CRC32C.checksum([]) == 0)
  }

  /// The bytes that tensorboard 2.21 makes of the same events, from its `event_pb2.Event` messages
  /// (wall times 1700000000.25 twice and 1700000001.5) framed as `<Q` length, `<I` masked CRC of
  /// it, data, `<I` masked CRC of the data, with its `masked_crc32c`.
  @Test func bytesAreThoseOfTensorBoard() throws {
    let directory = try TemporaryDirectory()
    let writer = try TensorBoardWriter(
      directory: directory.path, firstStep: 301, time: 1_700_000_000.25)
    try writer.append(
      step: 301, [("loss", 2.5), ("rate/encoder", 0.001)], time: 1_700_000_001.5)
    let golden =
      "1800000000000000a37f4b220900001040fc54d9411a0d627261696e2e4576656e743a32338d2fe9"
      + "100000000000000095fbfe180900001040fc54d94110ad023a020801cb79b93b"
      + "300000000000000095f5d05f0900006040fc54d94110ad022a220a0b0a046c6f73731500002040"
      + "0a130a0c726174652f656e636f646572156f12833a34c17109"
    let bytes = try directory.bytes(of: writer.path)
    #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == golden)
    #expect(writer.path.contains("/events.out.tfevents.1700000000.250000."))
  }

  @Test func aMissingDirectoryIsNamed() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: FileError.self) {
      try TensorBoardWriter(directory: directory.path + "/none", firstStep: 1)
    }
  }
}
