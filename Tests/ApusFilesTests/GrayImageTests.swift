import ApusFiles
import Foundation
import Testing

struct GrayImageTests {
  private func image(_ bytes: [UInt8]) throws -> GrayImage {
    let path = FileManager.default.temporaryDirectory.path() + "apus-" + UUID().uuidString
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try GrayImage(contentsOf: path)
  }

  @Test func netpbmFilesAreRead() throws {
    let expected = GrayImage(width: 3, height: 2, values: [0, 0.2, 1, 0.4, 0.6, 0.8])
    #expect(try image(Array("P2 # a comment\n3 2 5\n0 1 5\n2 3 4\n".utf8)) == expected)
    #expect(try image(Array("P5\n3 2\n5\n".utf8) + [0, 1, 5, 2, 3, 4]) == expected)
    #expect(
      try image(Array("P1\n3 2\n101 010".utf8)).values == [0, 1, 0, 1, 0, 1])
    #expect(
      try image(Array("P4 3 2\n".utf8) + [0b1010_0000, 0b0100_0000]).values == [0, 1, 0, 1, 0, 1])
    #expect(
      try image(Array("P5 1 1 65535\n".utf8) + [0x80, 0x00]).values == [Float(0x8000) / 65_535])
  }

  /// Images of 3 × 2 and their shades, made by Tests/Peers/images/make_png.py with Pillow.
  @Test(arguments: PNGCase.all) func pngFilesAreRead(_ sample: PNGCase) throws {
    let found = try image(sample.bytes)
    #expect(found.width == sample.width && found.height == sample.height)
    for (value, expected) in zip(found.values, sample.values) {
      #expect(abs(value - expected) < 0.006, "\(sample.name)")
    }
  }

  @Test func brokenFilesAreRefused() throws {
    let sound = try #require(PNGCase.all.first).bytes
    for bytes in [
      [], Array("P5\n3 2\n5\n".utf8) + [0, 1], Array("P2 1 1 3\n4".utf8),
      Array("P2 99999999 99999999 3\n4".utf8), Array("P6 1 1 255\n123".utf8), Array("text".utf8),
      Array(sound.dropLast(5)), Array(sound[..<8]),
    ] {
      #expect(throws: (any Error).self) { try image(bytes) }
    }
    // Every single damaged byte behind the signature is caught by a checksum, or by what it says.
    for place in 8..<sound.count - 12 {
      var damaged = sound
      damaged[place] ^= 0x41
      #expect(throws: InputError.self, "byte \(place)") { try image(damaged) }
    }
  }

  @Test func scalingKeepsMeans() {
    let image = GrayImage(width: 4, height: 4, values: (0..<16).map { Float($0) / 16 })
    let half = image.scaled(toHeight: 2)
    #expect(half.width == 2 && half.height == 2)
    #expect(half.values == [2.5, 4.5, 10.5, 12.5].map { $0 / 16 })
    let tripled = half.scaled(toHeight: 3)
    #expect(tripled.width == 3)
    let means = [half, tripled].map { $0.values.reduce(0, +) / Float($0.values.count) }
    #expect(abs(means[0] - means[1]) < 1e-6)
    #expect(tripled.values[0] == half.values[0])
  }
}
