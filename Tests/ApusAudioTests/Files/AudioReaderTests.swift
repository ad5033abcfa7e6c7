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
        $0.removeSubrange(44...); $0[40] = 0; $0[41] = 0; $0[4] = 36; $0[5] = 0
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

  /// What other programs wrote, cut: Wave64, whose log names the whole alone, and Amiga's 8SVX.
  @Test func otherCutHeadersAreNamed() throws {
    let scratch = try Scratch()
    for (name, bytes, expected) in [
      ("a.w64", Self.waveform64(frames: 400, present: 300), "904 bytes"),
      ("b.svx", Self.amiga(frames: 400, present: 300), "800 bytes of samples"),
    ] {
      let path = try scratch.write(bytes, to: name)
      let error = #expect(throws: InputError.self) { try AudioReader(path) }
      #expect(error?.expected == expected, "\(error?.description ?? "")")
    }
    let whole = try scratch.write(Self.waveform64(frames: 400, present: 400), to: "c.w64")
    #expect(try AudioReader(whole).frameCount == 400)
  }

  private static func word(_ value: Int, _ count: Int = 4) -> [UInt8] {
    (0..<count).map { UInt8(value >> (8 * $0) & 255) }
  }

  private static func waveform64(frames: Int, present: Int) -> [UInt8] {
    func chunk(_ name: String, _ size: Int) -> [UInt8] {
      let tail: [UInt8] =
        name == "riff"
        ? [0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0, 0]
        : [0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A]
      return Array(name.utf8) + tail + (size == 0 ? [] : word(size, 8))
    }
    let format =
      word(1, 2) + word(1, 2) + word(8000) + word(16_000) + word(2, 2) + word(16, 2)
    let head =
      chunk("riff", 104 + 2 * frames) + chunk("wave", 0) + chunk("fmt ", 40) + format
      + chunk("data", 24 + 2 * frames)
    return head + [UInt8](repeating: 1, count: 2 * present)
  }

  private static func amiga(frames: Int, present: Int) -> [UInt8] {
    func big(_ value: Int, _ count: Int = 4) -> [UInt8] { word(value, count).reversed() }
    let head =
      Array("16SVVHDR".utf8) + big(20) + big(frames) + big(0) + big(0) + big(8000, 2) + [1, 0]
      + big(65_536) + Array("BODY".utf8) + big(2 * frames)
    return Array("FORM".utf8) + big(head.count + 2 * frames) + head
      + [UInt8](repeating: 1, count: 2 * present)
  }

  /// Silence as MP3 without a tag: blocks of two bit rates, by the numbers in their headers.
  private static func silence(_ blocks: [(rate: UInt8, count: Int)]) -> [UInt8] {
    let lengths: [UInt8: Int] = [1: 104, 9: 417]
    return blocks.flatMap { rate, count in
      let block =
        [0xFF, 0xFB, rate << 4, 0xC0] + [UInt8](repeating: 0, count: (lengths[rate] ?? 4) - 4)
      return (0..<count).flatMap { _ in block }
    }
  }

  @Test func untaggedMP3OfVariableRateIsRefused() throws {
    let scratch = try Scratch()
    let constant = try scratch.write(Self.silence([(9, 200)]), to: "constant.mp3")
    let samples = try Audio.samples(of: constant, rate: 44_100)
    #expect(abs(samples.count - 200 * 1152) <= 2 * 1152)
    let variable = try scratch.write(Self.silence([(9, 20), (1, 400)]), to: "variable.mp3")
    let error = #expect(throws: InputError.self) { try AudioReader(variable) }
    #expect(error?.found.hasPrefix("\(420 * 1152) frames") == true)
  }

  @Test func writersLeaveNothingBehind() throws {
    let scratch = try Scratch()
    try AudioWriter.write(signal(100), rate: 8000, to: "\(scratch.path)/a.wav")
    #expect(try directoryEntries(scratch.path) == ["a.wav"])
    #expect(throws: FileError.self) {
      try AudioWriter.write(signal(100), rate: 8000, to: "\(scratch.path)/none/a.wav")
    }
    #expect(throws: InputError.self) {
      try AudioWriter.write(signal(100), rate: -1, to: "\(scratch.path)/b.wav")
    }
    #expect(try directoryEntries(scratch.path) == ["a.wav"])
  }

  /// Reasons are those of the file that they name, however many threads fail at once.
  @Test func reasonsStayWithTheirFiles() async throws {
    let scratch = try Scratch()
    let text = try scratch.write("Neither sound nor anything like it.".utf8, to: "text.wav")
    let zero = try scratch.write(Self.damaged { $0[22] = 0 }, to: "zero.wav")
    let reasons = await withTaskGroup(of: String.self) { group in
      for index in 0..<400 {
        group.addTask {
          let path = index.isMultiple(of: 2) ? text : zero
          do { return "\(try AudioReader(path).sampleRate)" } catch { return "\(error)" }
        }
      }
      return await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(reasons.count == 2, "\(reasons)")
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
