import Glibc
import Synchronization

/// The temporary files of atomic files that are being written, for a signal that ends the program.
///
/// A handler of signals may do little: it may read memory that was there before and call `unlink`. So
/// paths stand in slots of fixed places, of which one is in use when its first byte is not 0.
public enum UnfinishedFiles {
  private static let slotCount = 64
  private static let slotSize = Int(PATH_MAX)
  private static let lock = Mutex(())
  nonisolated(unsafe) private static let slots: UnsafeMutablePointer<CChar> = {
    let slots = UnsafeMutablePointer<CChar>.allocate(capacity: slotCount * slotSize)
    slots.initialize(repeating: 0, count: slotCount * slotSize)
    return slots
  }()

  /// Notes a file.
  ///
  /// - Returns: Its slot; nil if there is none left or the path is too long, and the file stays then.
  static func add(_ path: String) -> Int? {
    let bytes = path.utf8CString
    guard bytes.count <= slotSize else { return nil }
    return lock.withLock { _ in
      guard let slot = (0..<slotCount).first(where: { slots[$0 * slotSize] == 0 }) else {
        return nil
      }
      let start = slots + slot * slotSize
      for index in bytes.indices.dropFirst() { start[index] = bytes[index] }
      // What the handler reads is whole before it can see that the slot is in use.
      atomicMemoryFence(ordering: .releasing)
      start[0] = bytes[0]
      return slot
    }
  }

  static func remove(_ slot: Int) {
    lock.withLock { _ in slots[slot * slotSize] = 0 }
  }

  /// Removes the files; a handler of signals may call it once `removeAtSignals` was called.
  public static func unlinkAll() {
    for slot in 0..<slotCount where slots[slot * slotSize] != 0 { unlink(slots + slot * slotSize) }
  }

  /// Removes the files when Ctrl-C or `kill` ends the program, where these are not ignored.
  public static func removeAtSignals() {
    _ = slots
    for number in [SIGINT, SIGTERM] {
      let former = signal(number) { number in
        UnfinishedFiles.unlinkAll()
        signal(number, SIG_DFL)
        raise(number)
      }
      let isIgnored = unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
      if isIgnored { signal(number, SIG_IGN) }
    }
  }
}
