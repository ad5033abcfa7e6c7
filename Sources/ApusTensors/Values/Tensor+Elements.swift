import CApusKernels

extension Tensor {
  /// A tensor of given elements, in row-major order.
  public init<Scalar: TensorScalar>(_ elements: [Scalar], _ shape: [Int]) {
    self = elements.withUnsafeBufferPointer { Tensor($0, shape) }
  }

  public init<Scalar: TensorScalar>(_ elements: UnsafeBufferPointer<Scalar>, _ shape: [Int]) {
    precondition(
      elements.count == shape.reduce(1, *),
      "Tensor: expected \(shape.reduce(1, *)) elements for \(shape), got \(elements.count)")
    self.init(undefined: shape, Scalar.scalarType)
    address.copyMemory(
      from: UnsafeRawBufferPointer(elements).baseAddress ?? UnsafeRawPointer(address),
      byteCount: elements.count * type.byteCount)
  }

  /// A vector of given elements.
  public init<Scalar: TensorScalar>(_ elements: [Scalar]) { self.init(elements, [elements.count]) }

  /// A tensor without axes.
  public init(_ value: Float) { self.init([value], []) }

  public static func zeros(_ shape: [Int], _ type: ScalarType = .float32) -> Tensor {
    let result = Tensor(undefined: shape, type)
    result.address.initializeMemory(
      as: UInt8.self, repeating: 0, count: result.count * type.byteCount)
    return result
  }

  public static func filled(_ value: Float, _ shape: [Int]) -> Tensor {
    let result = Tensor(undefined: shape, .float32)
    result.floats.update(repeating: value, count: result.count)
    return result
  }

  public static func ones(_ shape: [Int]) -> Tensor { filled(1, shape) }

  /// A copy of the elements, which must have the asked type.
  public func elements<Scalar: TensorScalar>(as: Scalar.Type = Scalar.self) -> [Scalar] {
    withElements(as: Scalar.self) { Array($0) }
  }

  /// Lends the elements, which must have the asked type.
  public func withElements<Scalar: TensorScalar, Result>(
    as: Scalar.Type = Scalar.self, _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    precondition(
      type == Scalar.scalarType, "Tensor.elements: expected \(Scalar.scalarType), got \(type)")
    defer { withExtendedLifetime(storage) {} }
    return try body(
      UnsafeBufferPointer(start: address.assumingMemoryBound(to: Scalar.self), count: count))
  }

  /// The elements as `Float`, whatever floating-point type they have.
  public var floatElements: [Float] { converted(to: .float32).elements(as: Float.self) }

  /// The one element.
  public var scalar: Float {
    precondition(count == 1, "Tensor.scalar: expected one element, got shape \(shape)")
    return floatElements[0]
  }

  /// Changes elements in place; copies them first if someone else holds them too.
  public mutating func mutate<Scalar: TensorScalar, Result>(
    as: Scalar.Type = Scalar.self, _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    precondition(
      type == Scalar.scalarType, "Tensor.mutate: expected \(Scalar.scalarType), got \(type)")
    makeUnique()
    defer { withExtendedLifetime(storage) {} }
    return try body(
      UnsafeMutableBufferPointer(
        start: address.assumingMemoryBound(to: Scalar.self), count: count))
  }

  /// Makes this tensor the only holder of its memory, and forgets layouts made of it.
  mutating func makeUnique() {
    if isOnlyHolder() {
      storage.packed.withLock { $0.removeAll() }
    } else {
      let copy = Tensor(undefined: shape, type)
      copy.address.copyMemory(from: address, byteCount: count * type.byteCount)
      self = copy
    }
    origin = nil
  }

  /// Whether `body` may overwrite the elements of this tensor's memory without anyone noticing.
  mutating func isOnlyHolder() -> Bool {
    isKnownUniquelyReferenced(&storage) && storage.isWritable
  }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    let values =
      type == .int32
      ? elements(as: Int32.self).prefix(8).map(String.init)
      : detached.floatElements.prefix(8).map { "\($0)" }
    return "Tensor(\(type), \(shape), [\(values.joined(separator: ", "))\(count > 8 ? ", …" : "")])"
  }
}
