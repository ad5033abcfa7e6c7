import ApusFiles
import Synchronization

/// The memory behind tensors: a pooled block that is never written to while shared, or a part of a
/// mapped file that is never written to.
///
/// The compiler can't check that it may be sent: operations fill a storage before anyone else sees
/// it, and writes after that (`Tensor.mutate`, the optimizers) need the only reference.
final class Storage: @unchecked Sendable {
  private enum Origin {
    case pool(SizeClass)
    case file(MappedFile)
  }

  let address: UnsafeMutableRawPointer
  /// The bytes that hold elements; more may follow that belong to nobody.
  let byteCount: Int
  private let origin: Origin
  /// Layouts that the matrix engine made of this storage's elements, until they change.
  let packed = Mutex<[PackedOperand.Layout: PackedOperand]>([:])

  /// Takes a block from the pool; its contents are undefined.
  init(byteCount: Int, capacity: Int) {
    self.byteCount = byteCount
    let (address, sizeClass) = MemoryPool.allocate(byteCount: max(byteCount, capacity))
    self.address = address
    origin = .pool(sizeClass)
  }

  /// Takes bytes of a mapped file as they are.
  init(_ bytes: UnsafeRawBufferPointer, at start: UnsafeRawPointer, of file: MappedFile) {
    address = UnsafeMutableRawPointer(mutating: start)
    byteCount = bytes.count
    origin = .file(file)
  }

  deinit {
    if case .pool(let sizeClass) = origin { MemoryPool.release(address, sizeClass) }
  }

  /// The bytes that may be read and, past `byteCount`, written.
  var capacity: Int {
    switch origin {
    case .pool(let sizeClass): sizeClass.byteCount
    case .file: byteCount
    }
  }

  /// Whether the only holder may change the elements.
  var isWritable: Bool {
    switch origin {
    case .pool: true
    case .file: false
    }
  }

  /// Gives back the memory of a part of a mapped file, which is read again when touched.
  func unload(_ part: Range<Int>) {
    guard case .file(let file) = origin else { return }
    let start = UnsafeRawPointer(address) - (file.bytes.baseAddress ?? UnsafeRawPointer(address))
    file.unload(start + part.lowerBound..<start + part.upperBound)
  }
}
