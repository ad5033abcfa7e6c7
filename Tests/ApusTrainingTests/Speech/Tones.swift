import ApusAudio
import ApusFiles
import Foundation

/// Audio in which each letter is a tone, and a blank a silence: speech that is learnt in seconds.
enum Tones {
  static let rate = 8000
  private static let pitches: [Character: Double] = ["a": 500, "b": 1000, "c": 1700]

  /// The tones of a text, of lengths that vary.
  static func samples(_ text: String, seed: Int) -> [Float] {
    var samples = [Float](repeating: 0, count: 400)
    for (index, letter) in text.enumerated() {
      let length = 640 + 160 * ((index + seed) % 3)
      samples += (0..<length).map { place in
        guard let pitch = pitches[letter] else { return 0 }
        return Float(0.4 * sin(2 * .pi * pitch * Double(place) / Double(rate)))
      }
      samples += [Float](repeating: 0, count: 240)
    }
    return samples
  }

  /// Writes files and a manifest of them, all with different texts.
  static func write(_ count: Int, seed: Int, to directory: String) throws -> String {
    var rows: [(file: String, text: String)] = []
    for number in 0..<count {
      var rest = 17 * number + 101 * seed + 5
      let text = String(
        (0..<5).map { place in
          defer { rest /= 3 }
          return place == 2 ? " " : Array("abc")[rest % 3]
        })
      let name = "\(seed)-\(number).wav"
      try AudioWriter.write(samples(text, seed: number), rate: rate, to: "\(directory)/\(name)")
      rows.append((name, text))
    }
    return try writeManifest(rows, key: "audio_filepath", to: "\(directory)/\(seed).jsonl")
  }

  /// A recipe that learns them.
  static let recipe = """
    name: tones
    model:
      kind: deepspeech2
      channelCounts: [4]
      timeSizes: [5]
      binSizes: [5]
      timeStrides: [2]
      binStrides: [2]
      cell: gru
      hiddenSize: 24
      layerCount: 1
    features:
      kind: logMel
      sampleRate: 8000
      bandCount: 16
      normalization: global
    augmentation:
      speed: 0.02
      gain: 3
    objective:
      kind: transcription
    optimizer:
      kind: adam
      learningRate: 0.01
    training:
      steps: 100
      secondsPerBatch: 6
      clipNorm: 5
      precision: fp32
      validateEvery: 50
      checkpointEvery: 50

    """
}
