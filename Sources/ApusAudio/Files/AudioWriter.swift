import ApusFiles
import CSndFile
import Glibc

/// Writes samples of one channel as a 16-bit WAV or FLAC file.
public enum AudioWriter {
  /// Writes a whole file.
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
    guard let file = sf_open(path, Int32(SFM_WRITE), &info) else {
      throw FileError(file: path, operation: "create", code: errno == 0 ? EINVAL : errno)
    }
    defer { sf_close(file) }
    // FLAC's smallest files; other formats have no levels.
    var level = 1.0
    sf_command(file, Int32(SFC_SET_COMPRESSION_LEVEL), &level, Int32(MemoryLayout<Double>.size))
    let integers = samples.map { Int16(clamping: Int((max(-1, min(1, $0)) * 32_768).rounded())) }
    guard sf_writef_short(file, integers, Int64(integers.count)) == integers.count else {
      throw FileError(file: path, operation: "write", code: errno == 0 ? EIO : errno)
    }
  }
}
