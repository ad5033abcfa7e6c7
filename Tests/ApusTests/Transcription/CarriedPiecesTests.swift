import ApusAudio
import ApusDecoding
import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ApusTraining
import Foundation
import Testing

@testable import Apus

/// Networks of one direction through which audio goes piece by piece.
@Suite final class CarriedPiecesTests {
  private static let rate = 8000
  private static let sharpness: Float = 40
  /// Twelve seconds of sounds that never repeat.
  private static let samples = (0..<12 * rate).map { place in
    let time = Double(place) / Double(rate)
    let pitch = 300 + 250 * sin(2.1 * time) + 120 * sin(17 * time)
    return Float(0.3 * sin(2 * .pi * pitch * time) * (0.6 + 0.4 * sin(9 * time)))
  }

  private let directory = NSTemporaryDirectory() + "apus-\(UUID().uuidString)"
  private var audio: URL { URL(filePath: directory + "/audio.wav") }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// A model of random weights that is sure of what it says, and audio.
  init() throws {
    var features = FeatureSettings.logMel(sampleRate: Self.rate, count: 12)
    features.normalization = .streaming(memory: 100)
    let alphabet = Alphabet(of: ["abcde"], lowercases: true)
    var network = DeepSpeech2Config(hiddenSize: 24, layerCount: 2)
    network.convolutions = [
      SpectralConvolution(channelCount: 4, timeSize: 11, binSize: 5, timeStride: 2, binStride: 2)
    ]
    (network.isBidirectional, network.lookahead) = (false, 5)
    let config = SpeechConfig(
      .deepSpeech2(network), inputSize: features.width, symbolCount: alphabet.symbols.count)
    let store = ParameterStore(seed: 11)
    let model = SpeechModel(config, in: store.root)
    // Logits around zero that differ as much as those of a trained network, so that all symbols come.
    let frames = try FeatureExtractor(features).features(of: Self.samples)
    let count = frames.count / features.width
    let logits = model(
      Sequences(Tensor(frames, [count, features.width]), lengths: [count]), .evaluation()
    ).values
    let means = logits.sum(axis: 0) / Float(logits.rowCount)
    let sharper = store.namedValues.map { name, value in
      switch name {
      case "head.weight": (name: name, value: value * Self.sharpness)
      case "head.bias": (name: name, value: (value - means) * Self.sharpness)
      default: (name: name, value: value)
      }
    }
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    try model.save(sharper, to: directory)
    try alphabet.save(to: directory)
    try features.write(to: directory + "/features.json")
    try AudioWriter.write(Self.samples, rate: Self.rate, to: audio.path())
  }

  private func transcriber(pieces: Double, results: Int = 1) throws -> Transcriber {
    var options = TranscriptionOptions()
    options.resultCount = results
    options.pieceSeconds = pieces
    options.search.width = 20
    return try Transcriber(directory, options)
  }

  /// The search over what the network makes of all frames at once.
  private func searched() throws -> CTCBeamSearch {
    let recognizer = try SpeechRecognizer(directory)
    guard case .sound(let extractor) = recognizer.input else {
      throw InputError(expected: "sound", found: "images")
    }
    let frames = extractor.features(of: try Audio.samples(of: audio.path(), rate: Self.rate))
    let logits = try #require(recognizer.logits(of: frames, .evaluation()))
    var options = SpeechSearchOptions()
    options.width = 20
    var search = try SpeechSearch(options, over: recognizer.classes).start
    try search.add(logits)
    return search
  }

  /// The best readings with the scores of the search; those that are nearly equal may change places.
  @Test func alternativesAreTheBestReadings() throws {
    let found = try transcriber(pieces: 30, results: 4).transcribe(audio)
    let search = try searched()
    let expected = search.finished(count: 4)
    #expect(found.alternatives.count == expected.count && expected.count > 1)
    #expect(found.alternatives.first?.text == found.text)
    for (alternative, hypothesis) in zip(found.alternatives, expected) {
      #expect(abs(alternative.score - hypothesis.score) < 0.05)
    }
    let texts = Set(found.alternatives.map(\.text))
    #expect(texts.count == expected.count)
    #expect(texts.isSubset(of: search.finished(count: 20).map(\.text)))
    #expect(try transcriber(pieces: 30).transcribe(audio).alternatives.isEmpty)
    for count in [0, 21] {
      #expect(throws: InputError.self) { try transcriber(pieces: 30, results: count) }
    }
  }

  /// The same, to the word and its time, as the network makes of all frames at once.
  @Test(arguments: [0.1, 0.73, 2, 30])
  func piecesChangeNothing(_ pieces: Double) throws {
    let whole = try #require(searched().finished().first).words
    #expect(whole.count > 10)

    let found = try transcriber(pieces: pieces).transcribe(audio)
    #expect(found.words.map(\.text) == whole.map(\.text))
    #expect(found.duration == 12)
    for (word, expected) in zip(found.words, whole) {
      #expect(abs(word.start - 0.02 * Double(expected.frames.lowerBound)) < 1e-9)
      #expect(abs(word.confidence - expected.confidence) < 1e-3)
    }
  }

  /// No longer either where resampling gives chunks of odd lengths.
  @Test(arguments: [rate, 11_025, 48_000])
  func piecesAreAsLongAsAskedFor(_ rate: Int) async throws {
    let file = URL(filePath: directory + "/other.wav")
    try AudioWriter.write(
      Resampler.resampled(Self.samples, from: Self.rate, to: rate), rate: rate, to: file.path())
    var durations: [Double] = []
    for try await partial in try transcriber(pieces: 2).partialTranscripts(of: file) {
      durations.append(partial.duration)
    }
    #expect(durations.prefix(6) == [2, 4, 6, 8, 10, 12])
    #expect(durations.allSatisfy { $0 <= 12 })
  }

  @Test func partialTranscriptsSettleEachWordOnce() async throws {
    let transcriber = try transcriber(pieces: 0.5)
    var settled: [Transcript.Word] = []
    var (openCount, early) = (0, 0)
    for try await partial in transcriber.partialTranscripts(of: audio) {
      settled += partial.settled
      openCount = max(openCount, partial.open.count)
      if partial.duration < 11 { early = settled.count }
    }
    #expect(settled == (try transcriber.transcribe(audio).words))
    // Some long before the end; what is open does not grow with what was heard.
    #expect(early > settled.count / 4)
    #expect(openCount > 0 && openCount < settled.count)
  }
}
