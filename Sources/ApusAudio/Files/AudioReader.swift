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
    let descriptor = try isInput ? StandardInput.descriptor() : Self.open(path)
    var info = raw?.info ?? SF_INFO()
    guard let file = sf_open_fd(descriptor, Int32(SFM_READ), &info, Int32(SF_TRUE)) else {
      let reason = String(cString: sf_strerror(nil))
      throw InputError(file: name, expected: "audio", found: Self.plain(reason))
    }
    self.file = file
    sampleRate = Int(info.samplerate)
    channelCount = Int(info.channels)
    slack = Int(info.format) & SF_FORMAT_TYPEMASK == SF_FORMAT_MPEG ? 2 * 1152 : 0
    // Pipes and raw input without an end have no number of frames, or the largest one.
    frameCount = info.seekable != 0 && info.frames < Int64.max ? Int(info.frames) : nil
    guard 100...1_000_000 ~= sampleRate else {
      throw InputError(
        file: name, expected: "a sample rate from 100 to 1000000 Hz", found: "\(sampleRate)")
    }
    guard 1...1024 ~= channelCount else {
      throw InputError(
        file: name, expected: "1 to 1024 channels", found: "\(channelCount)")
    }
    if let shortage { throw shortage }
    guard frameCount != 0 else {
      throw InputError(file: name, expected: "audio", found: "a header without samples")
    }
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
        throw failure("sound", Self.plain(String(cString: sf_strerror(file))))
      }
      filled = max(0, read) * channelCount
    }
    if samples.isEmpty, count > 0, let frameCount, position + slack < frameCount {
      throw failure("\(frameCount) frames", "\(position)")
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
      guard frame <= frameCount else { throw failure("frame \(frame)", "\(frameCount) frames") }
      guard frame > position else { return }
      guard sf_seek(file, Int64(frame), SEEK_SET) == Int64(frame) else {
        throw failure("frame \(frame)", Self.plain(String(cString: sf_strerror(file))))
      }
      position = frame
    } else {
      while position < frame {
        guard try !read(min(1 << 14, frame - position)).isEmpty else {
          throw failure("frame \(frame)", "the end at frame \(position)")
        }
      }
    }
  }

  private func failure(_ expected: String, _ found: String) -> InputError {
    let hundredths = position * 100 / sampleRate
    let time = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    return InputError(file: name, expected: "\(expected) at \(time) s", found: found)
  }

  /// What the header promises and the file does not hold.
  ///
  /// libsndfile corrects such headers and says so only in its log: `data : 32000 (should be 8956)`.
  private var shortage: InputError? {
    var bytes = [CChar](repeating: 0, count: 1 << 14)
    sf_command(file, Int32(SFC_GET_LOG_INFO), &bytes, Int32(bytes.count))
    let log = String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    for line in log.split(separator: "\n") {
      let words = line.split { " :()".contains($0) }.map(String.init)
      guard let should = words.firstIndex(of: "should"), should > 1, words.count > should + 2,
        ["data", "SSND", "Size"].contains(words[should - 2]),
        let promised = Int(words[should - 1]), let present = Int(words[should + 2]),
        // Programs that write to pipes leave the largest number, or one near it.
        promised > present, promised < 0x7FFF_0000
      else { continue }
      return InputError(
        file: name, expected: "\(promised) bytes of samples", found: "\(present)")
    }
    return nil
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

  /// A reason of libsndfile's without its prefix and full stop.
  private static func plain(_ reason: String) -> String {
    var reason = Substring(reason)
    for prefix in ["Error : ", "Error: "] where reason.hasPrefix(prefix) {
      reason = reason.dropFirst(prefix.count)
    }
    while reason.last == "." || reason.last == "\n" { reason = reason.dropLast() }
    return "\"\(reason)\""
  }
}
