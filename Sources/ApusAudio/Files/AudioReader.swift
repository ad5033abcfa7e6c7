import ApusFiles
import CSndFile
import Glibc

/// Reads an audio file or standard input from front to back, as floats of −1 to 1.
///
/// Every format of libsndfile is known by its content: WAV, FLAC, Ogg Vorbis, Opus, MP3, AIFF, AU
/// and more. Integers become floats by dividing by the largest, so that 16-bit and float copies of a
/// recording agree.
public final class AudioReader {
  /// The path, or `standard input`.
  public let name: String
  public let sampleRate: Int
  public let channelCount: Int
  /// The number of frames; nil where it shows only at the end, as with a pipe.
  public let frameCount: Int?
  /// The number of frames read or skipped.
  public private(set) var position = 0
  /// How many frames there should be, by the header; nil where it leaves that open.
  private let promisedCount: Int?
  private let file: OpaquePointer
  /// By how much the number of frames may be too large.
  ///
  /// MP3 without a tag has no exact number: the decoder's delay of at most two blocks is counted.
  private let slack: Int

  /// The duration in seconds, where the number of frames is known.
  public var duration: Double? { frameCount.map { Double($0) / Double(sampleRate) } }

  /// Opens audio.
  ///
  /// - Parameters:
  ///   - path: A path, or `-` for standard input.
  ///   - raw: The form of samples without a header; nil for audio that tells its own.
  /// - Throws: `FileError` if the file can't be opened; `InputError` if it is empty, no audio, of
  ///   a form that no reader knows, or shorter than its header says.
  public init(_ path: String, raw: RawAudio? = nil) throws {
    let isInput = path == "-"
    name = isInput ? "standard input" : path
    let descriptor =
      try isInput ? StandardInput.descriptor(isRaw: raw != nil) : Self.open(path)
    var info = raw?.info ?? SF_INFO()
    let (opened, reason) = SoundFile.open(descriptor, SFM_READ, &info)
    guard let file = opened else {
      throw InputError(file: name, expected: "audio", found: reason)
    }
    self.file = file
    sampleRate = Int(info.samplerate)
    channelCount = Int(info.channels)
    slack = Int(info.format) & SF_FORMAT_TYPEMASK == SF_FORMAT_MPEG ? 2 * 1152 : 0
    // Pipes and raw input without an end have no number of frames, or the largest one.
    frameCount = info.seekable != 0 && info.frames < Int64.max ? Int(info.frames) : nil
    promisedCount = frameCount ?? Self.promise(of: info)
    // The end of an Ogg stream tells its number of frames.
    let isOgg = Int(info.format) & SF_FORMAT_TYPEMASK == SF_FORMAT_OGG
    if isOgg, info.seekable != 0, frameCount == nil { throw Self.endlessness(name) }
    guard 100...1_000_000 ~= sampleRate else {
      throw InputError(
        file: name, expected: "a sample rate from 100 to 1000000 Hz", found: "\(sampleRate)")
    }
    guard 1...1024 ~= channelCount else {
      throw InputError(
        file: name, expected: "1 to 1024 channels", found: "\(channelCount)")
    }
    if let shortage { throw shortage }
    guard frameCount != 0 else { throw emptiness }
    if slack > 0, !isInput { try requireWhole(MPEGLength.frameCount(of: path)) }
  }

  deinit { sf_close(file) }

  /// Reads up to `count` frames.
  ///
  /// - Returns: [frames, channelCount]; empty only at the end.
  /// - Throws: `InputError` naming the file and the time of a sample that is damaged, missing or
  ///   not a number.
  public func read(_ count: Int) throws -> [Float] {
    let samples = try [Float](unsafeUninitializedCapacity: count * channelCount) { buffer, filled in
      filled = 0
      guard let base = buffer.baseAddress else { return }
      let read = Int(sf_readf_float(file, base, Int64(count)))
      guard sf_error(file) == 0 else {
        throw failure("sound", SoundFile.plain(String(cString: sf_strerror(file))))
      }
      filled = max(0, read) * channelCount
    }
    if samples.isEmpty, count > 0 {
      if let promisedCount, position + slack < promisedCount {
        throw failure("\(promisedCount) frames", "\(position)")
      }
      guard position > 0 else { throw emptiness }
      if lacksEnd { throw Self.endlessness(name) }
    }
    if let index = samples.firstIndex(where: { !$0.isFinite }) {
      position += index / channelCount
      throw failure("finite samples", "\(samples[index])")
    }
    position += samples.count / channelCount
    return samples
  }

  /// Reads up to `count` frames of one channel.
  public func read(_ count: Int, _ channel: AudioChannel) throws -> [Float] {
    try channel.samples(of: read(count), channelCount: channelCount, file: name)
  }

  /// Goes to a frame at or behind the position.
  ///
  /// - Throws: `InputError` if the audio ends before it.
  public func skip(to frame: Int) throws {
    precondition(frame >= position, "AudioReader: expected a frame from \(position), got \(frame)")
    if let frameCount {
      guard frame <= frameCount else { throw shortness(frameCount, before: frame) }
      guard frame > position else { return }
      guard sf_seek(file, Int64(frame), SEEK_SET) == Int64(frame) else {
        throw failure("frame \(frame)", SoundFile.plain(String(cString: sf_strerror(file))))
      }
      position = frame
    } else {
      while position < frame {
        guard try !read(min(1 << 14, frame - position)).isEmpty else {
          throw shortness(position, before: frame)
        }
      }
    }
  }

  /// Audio that ends before a frame.
  private func shortness(_ count: Int, before frame: Int) -> InputError {
    func seconds(_ frames: Int) -> String { "\(Double(frames) / Double(sampleRate)) s" }
    return InputError(
      file: name, expected: "audio of at least \(seconds(frame))", found: seconds(count))
  }

  private func failure(_ expected: String, _ found: String) -> InputError {
    let hundredths = position * 100 / sampleRate
    let time = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    return InputError(file: name, expected: "\(expected) at \(time) s", found: found)
  }

  /// Refuses MP3 whose number of frames is estimated as too small: libsndfile would stop there.
  private func requireWhole(_ count: Int?) throws {
    guard let count, let frameCount, count > frameCount + slack else { return }
    throw InputError(
      file: name, expected: "MP3 of a constant bit rate, or with a Xing or VBRI tag",
      found: "\(count) frames that look like \(frameCount)")
  }

  /// What the header promises and the file does not hold.
  ///
  /// libsndfile corrects such headers and says so only in its log: `data : 32000 (should be 8956)`.
  private var shortage: InputError? {
    if lacksEnd { return Self.endlessness(name) }
    let lines = log.split(separator: "\n")
    func missing(_ names: [String], least: Int, _ what: String) -> InputError? {
      for line in lines {
        let words = line.split { " :()".contains($0) }.map(String.init)
        guard let should = words.firstIndex(of: "should"), should > 1, words.count > should + 2,
          names.contains(words[should - 2]), let promised = Int(words[should - 1]),
          let present = Int(words[should + 2]), promised - present >= least,
          promised < Self.openSize
        else { continue }
        return InputError(file: name, expected: "\(promised) \(what)", found: "\(present)")
      }
      return nil
    }
    // Some programs count the eight bytes of the outermost header, and the last byte's filling.
    return missing(["data", "SSND", "Size", "BODY"], least: 1, "bytes of samples")
      ?? missing(["RIFF", "riff", "size"], least: 10, "bytes")
  }

  /// What libsndfile noted of the file so far.
  private var log: String {
    var bytes = [CChar](repeating: 0, count: 1 << 14)
    sf_command(file, Int32(SFC_GET_LOG_INFO), &bytes, Int32(bytes.count))
    return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Whether an Ogg stream ends without saying so, which shows in a pipe when it was read.
  private var lacksEnd: Bool {
    log.split(separator: "\n")
      .contains { $0.hasPrefix("Ogg") && $0.lowercased().contains("end-of-stream") }
  }

  /// Programs that write to pipes leave the largest number of bytes, or one near it.
  private static let openSize = 0x7FFF_0000

  /// The number of frames that the header of a pipe promises.
  private static func promise(of info: SF_INFO) -> Int? {
    let width =
      switch Int(info.format) & SF_FORMAT_SUBMASK {
      case SF_FORMAT_PCM_S8, SF_FORMAT_PCM_U8, SF_FORMAT_ULAW, SF_FORMAT_ALAW: 1
      case SF_FORMAT_PCM_16: 2
      case SF_FORMAT_PCM_24: 3
      case SF_FORMAT_PCM_32, SF_FORMAT_FLOAT: 4
      case SF_FORMAT_DOUBLE: 8
      // Others have no whole number of bytes a sample.
      default: Self.openSize
      }
    let most = Self.openSize / (width * max(1, Int(info.channels)))
    return 1..<max(2, most) ~= Int(info.frames) ? Int(info.frames) : nil
  }

  private var emptiness: InputError {
    InputError(file: name, expected: "audio", found: "a header without samples")
  }

  private static func endlessness(_ name: String) -> InputError {
    InputError(file: name, expected: "a whole Ogg stream", found: "one without its end")
  }

  private static func open(_ path: String) throws -> Int32 {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(file: path, operation: "open", code: errno) }
    var status = stat()
    fstat(descriptor, &status)
    let isDirectory = status.st_mode & S_IFMT == S_IFDIR
    let isEmpty = status.st_mode & S_IFMT == S_IFREG && status.st_size == 0
    guard !isDirectory, !isEmpty else {
      close(descriptor)
      if isDirectory { throw FileError(file: path, operation: "read", code: EISDIR) }
      throw InputError(file: path, expected: "audio", found: "an empty file")
    }
    return descriptor
  }
}
