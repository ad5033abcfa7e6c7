import ApusFiles
import ApusTensors
import Foundation

/// Lines of digits in letters of 5 × 7 dots, larger or smaller, lighter or darker, with noise.
enum DrawnLines {
  /// Each digit in seven rows of five dots.
  private static let glyphs: [[UInt8]] = [
    [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
    [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
    [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
    [0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110],
    [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
    [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
  ]

  /// A PGM file of a line.
  private static func image(_ digits: [Int], _ random: inout RandomStream) -> [UInt8] {
    let scale = 2 + random.below(2)
    let margin = 2 + random.below(3)
    let (width, height) = (2 * margin + digits.count * 6 * scale, 2 * margin + 7 * scale)
    let ink = 120 + random.below(100)
    var pixels = (0..<width * height).map { _ in UInt8(225 + random.below(30)) }
    for (index, digit) in digits.enumerated() {
      for row in 0..<7 * scale {
        for column in 0..<5 * scale
        where glyphs[digit][row / scale] >> (4 - column / scale) & 1 == 1 {
          pixels[(margin + row) * width + margin + index * 6 * scale + column] =
            UInt8(225 - ink + random.below(30))
        }
      }
    }
    return Array("P5 \(width) \(height) 255\n".utf8) + pixels
  }

  /// Writes images and a manifest of them.
  static func write(_ count: Int, seed: UInt64, to directory: String) throws -> String {
    var random = RandomStream(RandomKey(seed: seed, name: "lines"))
    var rows: [(file: String, text: String)] = []
    for number in 0..<count {
      let digits = (0..<3 + random.below(4)).map { _ in random.below(glyphs.count) }
      let name = "\(seed)-\(number).pgm"
      try Data(image(digits, &random)).write(to: URL(filePath: "\(directory)/\(name)"))
      let text = digits.map { "\($0)" }.joined()
      rows.append((name, text))
    }
    return try writeManifest(rows, key: "image_filepath", to: "\(directory)/\(seed).jsonl")
  }

  /// A recipe that learns to read them.
  static let recipe = """
    name: digits
    model:
      kind: deepspeech2
      channelCounts: [8, 16]
      timeSizes: [3, 3]
      binSizes: [3, 3]
      timeStrides: [2, 1]
      binStrides: [2, 2]
      cell: lstm
      hiddenSize: 24
      layerCount: 1
    features:
      kind: image
      imageHeight: 16
    objective:
      kind: transcription
    optimizer:
      kind: adam
      learningRate: 0.01
    training:
      epochs: 10
      sequencesPerBatch: 8
      clipNorm: 5
      precision: fp32

    """
}
