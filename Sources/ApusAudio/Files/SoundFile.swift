import CSndFile
import Synchronization

/// Opens files for libsndfile.
enum SoundFile {
  /// Guards the reason of the last file that could not be opened, which all threads share.
  private static let reasons = Mutex(())

  /// Opens what a descriptor stands for.
  ///
  /// - Parameters:
  ///   - descriptor: Closed with the file, and if it can't be opened.
  ///   - mode: `SFM_READ` or `SFM_WRITE`.
  ///   - info: The form of the samples, as `sf_open_fd` takes and gives it.
  /// - Returns: The file, or nil and why.
  static func open(
    _ descriptor: Int32, _ mode: Int, _ info: inout SF_INFO
  ) -> (file: OpaquePointer?, reason: String) {
    var file: OpaquePointer?
    var reason = ""
    reasons.withLock { _ in
      file = sf_open_fd(descriptor, Int32(mode), &info, Int32(SF_TRUE))
      if file == nil { reason = plain(String(cString: sf_strerror(nil))) }
    }
    return (file, reason)
  }

  /// A reason of libsndfile's without its prefix and full stop.
  static func plain(_ reason: String) -> String {
    var reason = Substring(reason)
    for prefix in ["Error : ", "Error: "] where reason.hasPrefix(prefix) {
      reason = reason.dropFirst(prefix.count)
    }
    while reason.last == "." || reason.last == "\n" { reason = reason.dropLast() }
    return "\"\(reason)\""
  }
}
