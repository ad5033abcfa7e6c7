import Synchronization

/// The memory behind tensors: a pooled block that is never written to while shared.
///
/// The one unchecked claim of sendability: operations fill a storage before anyone else sees it,
/// and writes after that (`Tensor.mutate`, the optimizers) need the only reference.
final class Storage: @unchecked Sendable {
  let address: UnsafeMutableRawPointer
  /// The bytes that hold elements; more may follow that belong to nobody.
  let byteCount: Int
  private let sizeClass: SizeClass
  /// Layouts that the matrix engine made of this storage's elements, until they change.
  let packed = Mutex<[PackedOperand.Layout: PackedOperand]>([:])

  /// Takes a block from the pool; its contents are undefined.
  init(byteCount: Int, capacity: Int) {
    self.byteCount = byteCount
    (address, sizeClass) = MemoryPool.allocate(byteCount: max(byteCount, capacity))
  }

  deinit { MemoryPool.release(address, sizeClass) }

  /// The bytes that may be read and, past `byteCount`, written.
  var capacity: Int { sizeClass.byteCount }
}
