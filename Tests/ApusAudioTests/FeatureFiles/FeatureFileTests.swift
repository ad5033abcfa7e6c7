import ApusAudio
import ApusFiles
import Testing

@Suite struct FeatureFileTests {
  private static func word(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func float(_ value: Float) -> [UInt8] { word(value.bitPattern) }

  private static let values: [Float] = [1, -2.5, 3, 0.125, 5e-3, 6]

  @Test func sphinxFilesAreReadInBothOrders() throws {
    let scratch = try Scratch()
    let little = Self.word(6) + Self.values.flatMap(Self.float)
    let big = Self.word(6).reversed() + Self.values.flatMap { Self.float($0).reversed() }
    for bytes in [little, big] {
      let path = try scratch.write(bytes, to: "a.mfc")
      #expect(
        try FeatureFile.read(path, width: 3) == FeatureMatrix(width: 3, values: Self.values))
      #expect(throws: InputError.self) { try FeatureFile.read(path, width: 4) }
    }
    let cut = try scratch.write(big.dropLast(4), to: "cut.mfc")
    let error = #expect(throws: InputError.self) { try FeatureFile.read(cut, width: 3) }
    #expect(error?.file == cut)
    let bad = Self.word(6) + Self.float(.nan) + Self.values.dropFirst().flatMap(Self.float)
    #expect(throws: InputError.self) {
      try FeatureFile.read(try scratch.write(bad, to: "nan.mfc"), width: 3)
    }
  }

  /// As many floats as a count takes whose first byte is an opening bracket.
  @Test func sphinxFilesThatBeginLikeTextMatricesAreRead() throws {
    let scratch = try Scratch()
    let values = (0..<91).map(Float.init)
    let path = try scratch.write(Self.word(91) + values.flatMap(Self.float), to: "b.mfc")
    #expect(try FeatureFile.read(path, width: 13).values == values)
  }

  /// A matrix in the form FM behind its binary mark.
  private static func matrix(rows: UInt32, columns: UInt32, _ values: [Float]) -> [UInt8] {
    [0] + Array("BFM ".utf8) + [4] + word(rows) + [4] + word(columns) + values.flatMap(float)
  }

  @Test func archivesAreReadAsAWholeAndAtOffsets() throws {
    let scratch = try Scratch()
    let first = Array("u1 ".utf8) + Self.matrix(rows: 2, columns: 3, Self.values)
    let second = Array("u2 ".utf8) + Self.matrix(rows: 1, columns: 3, [7, 8, 9])
    let path = try scratch.write(first + second, to: "feats.ark")
    let all = try KaldiArchive.read(path)
    #expect(all.map(\.name) == ["u1", "u2"])
    #expect(all[0].matrix.values == Self.values)
    #expect(
      try FeatureFile.read("\(path):\(first.count + 3)", width: 3).values == [7, 8, 9])
    #expect(throws: InputError.self) { try FeatureFile.read("\(path):3", width: 2) }
    let cut = try scratch.write((first + second).dropLast(2), to: "cut.ark")
    #expect(throws: InputError.self) { try KaldiArchive.read(cut) }
    let huge = try scratch.write(
      Array("u1 ".utf8) + Self.matrix(rows: .max >> 1, columns: .max >> 1, [1]), to: "huge.ark")
    #expect(throws: InputError.self) { try KaldiArchive.read(huge) }
  }

  @Test func textMatricesAreRead() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "a  [\n  1 -2.5 3\n  0.125 5e-3 6 ]\nb [ 1 2 ]\n".utf8, to: "text.ark")
    let all = try KaldiArchive.read(path)
    #expect(all.map(\.matrix.width) == [3, 2])
    #expect(all[0].matrix.values == Self.values)
    let ragged = try scratch.write("a [\n 1 2\n 3 ]\n".utf8, to: "ragged.ark")
    #expect(throws: InputError.self) { try KaldiArchive.read(ragged) }
  }

  /// Two columns of the form CM: bytes 0, 64, 128, 192 and 255 stand at and between percentiles.
  @Test func compressedMatricesAreRead() throws {
    let scratch = try Scratch()
    func half(_ value: UInt16) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }
    // The range of 0 to 65535 makes percentiles their own values.
    let head = Self.float(0) + Self.float(65_535) + Self.word(5) + Self.word(1)
    let percentiles = [0, 100, 300, 1000].flatMap { half(UInt16($0)) }
    let column =
      [0] + Array("BCM ".utf8) + head + percentiles + [0, 64, 128, 192, 255] as [UInt8]
    #expect(
      try FeatureFile.read(try scratch.write(column, to: "cm"), width: 1).values
        == [0, 100, 200, 300, 1000])
    let words =
      [0] + Array("BCM2 ".utf8) + Self.float(-1) + Self.float(2) + Self.word(1) + Self.word(2)
      + half(0) + half(65_535)
    #expect(
      try FeatureFile.read(try scratch.write(words, to: "cm2"), width: 2).values == [-1, 1])
  }
}
