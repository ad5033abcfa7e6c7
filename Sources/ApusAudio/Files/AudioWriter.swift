import ApusFiles
import CSndFile
import Glibc

/// Writes samples of one channel as a 16-bit WAV or FLAC file.
public enum AudioWriter {
  /// Writes a file that appears whole or not at all.
  ///
  /// - Parameters:
  ///   - samples: From −1 to 1; what is beyond is clipped.
  ///   - rate: Samples a second.
  ///   - path: A name whose ending, `.wav` or `.flac`, says the format.
  /// - Throws: `InputError` for another ending; `FileError` if the file can't be written.
  public static func write(_ samples: [Float], rate: Int, to path: String) throws {
    let format =
      switch path.split(separator: ".").last {
      case "wav": SF_FORMAT_WAV
      case "flac": SF_FORMAT_FLAC
      default:
        throw InputError(file: path, expected: "a name that ends in .wav or .flac", found: path)
      }
    var info = SF_INFO()
    info.samplerate = Int32(clamping: rate)
    info.channels = 1
    info.format = Int32(format | SF_FORMAT_PCM_16)
    let partial = "\(path).\(getpid()).partial"
    let descriptor = open(partial, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(file: path, operation: "create", code: errno) }
    // Nothing is left to remove after the last step.
    defer { unlink(partial) }
    let (opened, reason) = SoundFile.open(descriptor, SFM_WRITE, &info)
    guard let file = opened else {
      throw InputError(file: path, expected: "a form of audio that can be written", found: reason)
    }
    let isWritten = write(samples, to: file)
    let isFlushed = fsync(descriptor) == 0
    // Closing writes the header.
    guard sf_close(file) == 0, isWritten, isFlushed else {
      throw FileError(file: path, operation: "write", code: errno == 0 ? EIO : errno)
    }
    guard rename(partial, path) == 0 else {
      throw FileError(file: path, operation: "rename", code: errno)
    }
  }

  /// Whether all samples could be written.
  private static func write(_ samples: [Float], to file: OpaquePointer) -> Bool {
    // FLAC's smallest files; other formats have no levels.
    var level = 1.0
    sf_command(file, Int32(SFC_SET_COMPRESSION_LEVEL), &level, Int32(MemoryLayout<Double>.size))
    let integers = samples.map { Int16(clamping: Int((max(-1, min(1, $0)) * 32_768).rounded())) }
    return sf_writef_short(file, integers, Int64(integers.count)) == integers.count
  }
}
