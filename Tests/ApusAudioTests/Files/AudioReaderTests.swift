import ApusAudio
import ApusFiles
import Foundation
import Testing

@Suite struct AudioReaderTests {
  @Test func partsAreTheWhole() throws {
    let scratch = try Scratch()
    let samples = signal(5000)
    let path = try scratch.write(wave(samples, rate: 16_000), to: "tone.wav")
    let reader = try AudioReader(path)
    #expect((reader.sampleRate, reader.channelCount, reader.frameCount) == (16_000, 1, 5000))
    var read: [Float] = []
    while case let part = try reader.read(777), !part.isEmpty { read += part }
    #expect(read == samples)
    #expect(try Audio.samples(of: path, rate: 16_000) == samples)
    #expect(
      try Audio.samples(of: path, rate: 16_000, from: 0.1, duration: 0.05)
        == Array(samples[1600..<2400]))
  }

  @Test func sixteenBitsAndFloatsAgree() throws {
    let scratch = try Scratch()
    let samples = signal(4000)
    for ending in ["wav", "flac"] {
      let path = "\(scratch.path)/short.\(ending)"
      try AudioWriter.write(samples, rate: 8000, to: path)
      let read = try Audio.samples(of: path, rate: 8000)
      #expect(distance(read, samples) <= 0.5 / 32_768 + 1e-7)
    }
  }

  @Test func channelsAreChosenOrMixed() throws {
    let scratch = try Scratch()
    let frames: [Float] = [0.5, -0.25, 1, 0, 0.25, 0.75]
    let path = try scratch.write(wave(frames, rate: 8000, channels: 2), to: "two.wav")
    #expect(try Audio.samples(of: path, rate: 8000) == [0.125, 0.5, 0.5])
    #expect(try Audio.samples(of: path, rate: 8000, channel: .index(1)) == [-0.25, 0, 0.75])
    let error = #expect(throws: InputError.self) {
      try Audio.samples(of: path, rate: 8000, channel: .index(2))
    }
    #expect(error?.description == "\(path): expected a channel from 0 to 1, got 2")
  }

  @Test func rawSamplesHaveTheFormTheyAreSaidToHave() throws {
    let scratch = try Scratch()
    let path = try scratch.write([0x00, 0x40, 0x00, 0xC0], to: "raw.pcm")
    let reader = try AudioReader(path, raw: RawAudio(sampleRate: 8000))
    #expect(try reader.read(10) == [0.5, -0.5])
    let big = try AudioReader(path, raw: RawAudio(sampleRate: 8000, isBigEndian: true))
    #expect(try big.read(1) == [Float(0x40) / 32_768])
  }

  @Test func highRatesAndEightBitsAreRead() throws {
    let scratch = try Scratch()
    let path = try scratch.write(wave(signal(19_200), rate: 192_000), to: "high.wav")
    #expect(try Audio.samples(of: path, rate: 16_000).count == 1600)
    var bytes = wave(signal(4), rate: 8000)
    // One byte a sample, unsigned.
    (bytes[20], bytes[32], bytes[34]) = (1, 1, 8)
    let small = try AudioReader(try scratch.write(bytes, to: "small.wav"))
    #expect(small.frameCount == 16)
    #expect(try small.read(16).allSatisfy { -1...1 ~= $0 })
  }

  private static let tone = wave(signal(4000), rate: 8000)

  private static func damaged(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes = tone
    change(&bytes)
    return bytes
  }

  @Test(arguments: [
    ("empty.wav", [], "an empty file"),
    ("text.wav", Array("This is not audio at all, whatever its name.".utf8), "expected audio"),
    ("cut.wav", damaged { $0.removeLast(7000) }, "16000 bytes of samples"),
    (
      "none.wav",
      damaged {
        $0.removeSubrange(44...); $0[40] = 0; $0[41] = 0
      }, "without samples"
    ),
    ("zero.wav", damaged { $0[22] = 0 }, "Channel count"),
    (
      "slow.wav",
      damaged {
        $0[24] = 7; $0[25] = 0
      }, "a sample rate from 100"
    ),
    (
      "nan.wav", damaged { bytes in for i in 0..<4 { bytes[44 + 4 * 800 + i] = 255 } },
      "finite samples at 0.10 s"
    ),
  ]) func badFilesAreNamed(_ name: String, _ bytes: [UInt8], _ expected: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(bytes, to: name)
    let error = #expect(throws: InputError.self) { try Audio.samples(of: path, rate: 16_000) }
    #expect(error?.file == path)
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test func cutFLACIsNamed() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/cut.flac"
    try AudioWriter.write(signal(40_000), rate: 8000, to: path)
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    bytes.removeLast(bytes.count / 2)
    try scratch.write(bytes, to: "cut.flac")
    let error = #expect(throws: InputError.self) { try Audio.samples(of: path, rate: 8000) }
    #expect(error?.file == path)
  }

  @Test func absentFilesAndFoldersAreNamed() throws {
    let scratch = try Scratch()
    for path in ["\(scratch.path)/none.wav", scratch.path] {
      let error = #expect(throws: FileError.self) { try AudioReader(path) }
      #expect(error?.file == path)
    }
  }

  @Test func sectionsBeyondTheEndAreRefused() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.tone, to: "tone.wav")
    #expect(try Audio.samples(of: path, rate: 8000, from: 0.25, duration: 0.3).count == 2000)
    for (from, duration) in [(0.6, 0.1), (0.25, 0.5), (-1, 0.1), (.nan, 0.1)] {
      #expect(throws: InputError.self) {
        try Audio.samples(of: path, rate: 8000, from: from, duration: duration)
      }
    }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs the shared data sets"))
  func formatsOfOneRecordingAgree() throws {
    let folder = "\(SharedData.directory)/audio_formats/one_two_three"
    let reference = try Audio.samples(
      of: "\(folder)/audio-mono-16-bit-44100Hz.wav", rate: 44_100)
    #expect(reference.count == 121_052)
    for name in try directoryEntries(folder) where name.hasPrefix("audio-mono") {
      let samples = try Audio.samples(of: "\(folder)/\(name)", rate: 44_100)
      // The copies were made with dither, of up to 14 steps of 16 bits.
      #expect(distance(samples, reference) < (name.contains("-8-bit") ? 0.01 : 5e-4), "\(name)")
    }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs the shared data sets"))
  func cutAIFFIsNamed() throws {
    let scratch = try Scratch()
    let folder = "\(SharedData.directory)/audio_formats/one_two_three"
    let bytes = try Data(contentsOf: URL(filePath: "\(folder)/french.aiff"))
    let cut = try scratch.write(bytes.prefix(bytes.count / 2), to: "cut.aiff")
    let error = #expect(throws: InputError.self) { try AudioReader(cut) }
    #expect(error?.file == cut && error?.expected.hasSuffix("bytes of samples") == true)
  }

  @Test func manyChannelsAreReadInParts() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      wave((0..<1024 * 1500).map { Float($0 % 1024) / 1024 }, rate: 8000, channels: 1024),
      to: "many.wav")
    let samples = try Audio.samples(of: path, rate: 8000, channel: .index(512))
    #expect(samples == [Float](repeating: 0.5, count: 1500))
  }

  /// The number of frames of MP3 without a tag is an estimate, which must not pass for damage.
  @Test(.enabled(if: SharedData.isPresent, "needs the shared data sets"))
  func untaggedMP3IsReadAndCutMP3Refused() throws {
    let scratch = try Scratch()
    let file = "\(SharedData.directory)/audio_formats/ljspeech_flac_mp3/LJ001-0001.mp3"
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
    let tag = try #require(bytes.indices.first { bytes[$0...].starts(with: "Info".utf8) })
    let frame = try #require(
      bytes[tag...].indices.dropLast().first {
        bytes[$0] == 0xFF && bytes[$0 + 1] & 0xF0 == 0xF0
      })
    let bare = try scratch.write(bytes[frame...], to: "bare.mp3")
    let count = try Audio.samples(of: file, rate: 22_050).count
    #expect(count == 212_893)
    #expect(abs(try Audio.samples(of: bare, rate: 22_050).count - count) < 3000)
    let cut = try scratch.write(bytes[..<(bytes.count / 2)], to: "cut.mp3")
    let error = #expect(throws: InputError.self) { try Audio.samples(of: cut, rate: 22_050) }
    #expect(error?.file == cut)
  }
}
