import ApusTensors

/// Elements on their way to a layer of windows, as they come: what windows to come see is kept.
struct WindowStream {
  private let window: Window
  /// Elements under windows that are not whole yet, with the padding before the first; nil before any came.
  private var held: Tensor?
  /// How many elements to come stand between windows, whose strides may be longer than they.
  private var gap = 0

  init(_ window: Window) { self.window = window }

  /// Takes elements: [n, …].
  ///
  /// - Parameters:
  ///   - elements: Those behind the ones before; nil for none.
  ///   - isLast: Whether none come any more.
  /// - Returns: The elements under all windows that are whole now, with no more padding to add; nil
  ///   if there is no such window.
  mutating func add(_ elements: Tensor?, isLast: Bool) -> Tensor? {
    guard let any = held ?? elements else { return nil }
    func padding(_ count: Int) -> Tensor { .zeros([count] + any.shape.dropFirst(), any.type) }
    let known = concatenated(
      [held ?? padding(window.padding.before)] + (elements.map { [$0] } ?? [])
        + (isLast ? [padding(window.padding.after)] : []))
    let count = known.shape[0]
    let start = min(gap, count)
    gap -= start
    let room = count - start - window.extent
    guard room >= 0 else {
      held = known.rows(start..<count)
      return nil
    }
    let windowCount = room / window.stride + 1
    let next = start + windowCount * window.stride
    held = known.rows(min(next, count)..<count)
    gap += max(0, next - count)
    return known.rows(start..<next - window.stride + window.extent)
  }
}
