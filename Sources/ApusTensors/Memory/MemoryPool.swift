import Glibc
import Synchronization

/// Memory that is asked of the system once and then reused.
///
/// Touching fresh memory costs more than ten times as much as reusing it, since the kernel must
/// find and clear every page; so blocks go back to the pool and not to the system. After the first
/// steps of a training run every request is served from the pool.
public enum MemoryPool {
  private struct State {
    var free = [[UInt]](repeating: [], count: SizeClass.count)
    var statistics = Statistics()
  }

  /// What the pool has done so far.
  public struct Statistics: Sendable {
    /// How often memory was asked of the system.
    public var systemAllocations = 0
    /// Bytes held from the system, in use or waiting for reuse.
    public var heldBytes = 0
    /// Bytes in use now.
    public var usedBytes = 0
    /// The most bytes that were ever in use at once.
    public var peakUsedBytes = 0
  }

  private static let state = Mutex(State())

  public static var statistics: Statistics { state.withLock { $0.statistics } }

  /// A block of at least `byteCount` bytes with undefined contents, aligned to 64 bytes.
  ///
  /// Free blocks of up to twice the size serve too, so that batches of varying lengths settle on
  /// the blocks of the largest.
  static func allocate(byteCount: Int) -> (address: UnsafeMutableRawPointer, sizeClass: SizeClass) {
    let wanted = SizeClass(holding: byteCount)
    return state.withLock { state in
      var sizeClass = wanted
      let last = SizeClass(index: min(wanted.index + SizeClass.stepsPerOctave, SizeClass.count - 1))
      while sizeClass.index < last.index, state.free[sizeClass.index].isEmpty {
        sizeClass = SizeClass(index: sizeClass.index + 1)
      }
      let address: UnsafeMutableRawPointer
      if let bits = state.free[sizeClass.index].popLast(),
        let block = UnsafeMutableRawPointer(bitPattern: bits)
      {
        address = block
      } else {
        sizeClass = wanted
        address = systemBlock(sizeClass.byteCount)
        state.statistics.systemAllocations += 1
        state.statistics.heldBytes += sizeClass.byteCount
      }
      state.statistics.usedBytes += sizeClass.byteCount
      state.statistics.peakUsedBytes = max(
        state.statistics.peakUsedBytes, state.statistics.usedBytes)
      return (address, sizeClass)
    }
  }

  static func release(_ address: UnsafeMutableRawPointer, _ sizeClass: SizeClass) {
    state.withLock { state in
      state.free[sizeClass.index].append(UInt(bitPattern: address))
      state.statistics.usedBytes -= sizeClass.byteCount
    }
  }

  /// Gives every block that is not in use back to the system.
  public static func trim() {
    state.withLock { state in
      for index in state.free.indices {
        for bits in state.free[index] {
          Glibc.free(UnsafeMutableRawPointer(bitPattern: bits))
          state.statistics.heldBytes -= SizeClass(index: index).byteCount
        }
        state.free[index].removeAll()
      }
    }
  }

  /// Large blocks start on a huge page, which spares most address translations.
  private static func systemBlock(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let hugePage = 1 << 21
    let isLarge = byteCount >= 2 * hugePage
    var address: UnsafeMutableRawPointer?
    guard posix_memalign(&address, isLarge ? hugePage : 64, byteCount) == 0, let address else {
      fatalError("MemoryPool: the system has no \(byteCount) bytes left")
    }
    if isLarge { madvise(address, byteCount, 14 /* MADV_HUGEPAGE */) }
    return address
  }
}

/// The size of a pooled block: four steps an octave, so that at most a fifth is unused.
struct SizeClass {
  static let stepsPerOctave = 4
  static let count = 48 * stepsPerOctave
  private static let smallest = 256

  let index: Int

  init(index: Int) { self.index = index }

  init(holding byteCount: Int) {
    let units = max(1, (byteCount + Self.smallest - 1) / Self.smallest)
    let octave = Int.bitWidth - 1 - units.leadingZeroBitCount
    let step = (units * Self.stepsPerOctave + (1 << octave) - 1) >> octave
    index = octave * Self.stepsPerOctave + step - Self.stepsPerOctave
  }

  var byteCount: Int {
    let (octave, step) = index.quotientAndRemainder(dividingBy: Self.stepsPerOctave)
    return (Self.smallest << octave) * (Self.stepsPerOctave + step) / Self.stepsPerOctave
  }
}
