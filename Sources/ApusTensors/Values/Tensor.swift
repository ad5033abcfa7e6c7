/// An array of numbers with a shape, in row-major order without gaps.
///
/// A tensor is a value: operations give new tensors and never change their operands. Views (a
/// range of rows, another shape) share the memory of what they were taken from. A tensor that came
/// from parameters remembers how, so that `gradients(of:)` can go back.
///
/// Axis letters used throughout: B sequences, N elements of all sequences, T steps, C channels,
/// H heads, V vocabulary, L labels.
public struct Tensor: Sendable {
  public let shape: [Int]
  public let type: ScalarType
  var storage: Storage
  /// The first element, counted in elements from the start of the storage.
  let offset: Int
  /// Where the tensor stands in the gradient graph; nil if nothing it came from is tracked.
  var origin: Origin?

  init(shape: [Int], type: ScalarType, storage: Storage, offset: Int = 0, origin: Origin? = nil) {
    self.shape = shape
    self.type = type
    self.storage = storage
    self.offset = offset
    self.origin = origin
  }

  /// A tensor with undefined elements, for an operation to fill.
  ///
  /// There is room after the last row for as many rows as the matrix engine rounds up to.
  init(undefined shape: [Int], _ type: ScalarType) {
    let count = shape.reduce(1, *)
    let rows = shape.first ?? 1
    let rowCount = rows == 0 ? 0 : count / rows
    self.init(
      shape: shape, type: type,
      storage: Storage(
        byteCount: count * type.byteCount,
        capacity: roundedRowCount(rows) * rowCount * type.byteCount))
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
  /// The number of axes.
  public var rank: Int { shape.count }
  /// The size of the last axis; 1 for a scalar.
  public var columnCount: Int { shape.last ?? 1 }
  /// The product of all sizes but the last: the number of rows when seen as a matrix.
  public var rowCount: Int { shape.dropLast().reduce(1, *) }

  /// The address of the first element.
  var address: UnsafeMutableRawPointer { storage.address + offset * type.byteCount }
  var floats: UnsafeMutablePointer<Float> { address.assumingMemoryBound(to: Float.self) }
  var ints: UnsafeMutablePointer<Int32> { address.assumingMemoryBound(to: Int32.self) }

  /// The same elements without a place in the gradient graph.
  public var detached: Tensor {
    Tensor(shape: shape, type: type, storage: storage, offset: offset)
  }

  /// Whether gradients flow back through this tensor.
  public var isTracked: Bool { origin != nil }
}
