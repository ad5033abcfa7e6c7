/// How windows lie along an axis: how many positions each covers, how far apart, from where to where.
///
/// Windows never reach from one sequence into another. What they see beyond the ends of a sequence
/// is zero to a convolution and nothing to a pool.
public struct Window: Sendable, Hashable {
  /// The positions under a window.
  public var size: Int
  /// From the beginning of a window to that of the next.
  public var stride: Int
  /// From a position under a window to the next.
  public var dilation: Int
  /// How far the first window begins before a sequence, and how far windows may reach behind it.
  public var padding: (before: Int, after: Int) {
    get { (paddingBefore, paddingAfter) }
    set { (paddingBefore, paddingAfter) = newValue }
  }
  private var paddingBefore, paddingAfter: Int

  public init(
    _ size: Int, stride: Int = 1, dilation: Int = 1, padding: (before: Int, after: Int) = (0, 0)
  ) {
    precondition(
      size > 0 && stride > 0 && dilation > 0 && padding.before >= 0 && padding.after >= 0,
      "Window: expected sizes above 0, got \(size), stride \(stride), dilation \(dilation), \(padding)"
    )
    self.size = size
    self.stride = stride
    self.dilation = dilation
    (paddingBefore, paddingAfter) = padding
  }

  /// As many zeros before a sequence as behind it: PyTorch's `padding`.
  public init(_ size: Int, stride: Int = 1, dilation: Int = 1, padding: Int) {
    self.init(size, stride: stride, dilation: dilation, padding: (padding, padding))
  }

  /// Windows in whose middle each position lies: as many as positions; of an even number, more of a
  /// window lie behind it, as in PyTorch.
  public static func centred(_ size: Int, dilation: Int = 1) -> Window {
    let reach = dilation * (size - 1)
    return Window(size, dilation: dilation, padding: (reach / 2, reach - reach / 2))
  }

  /// Windows that end at each position: as many as positions, none of which sees what comes after it.
  public static func causal(_ size: Int, dilation: Int = 1) -> Window {
    Window(size, dilation: dilation, padding: (dilation * (size - 1), 0))
  }

  /// The same windows over positions that have what stands around them with them.
  public var unpadded: Window { Window(size, stride: stride, dilation: dilation) }

  /// From the first position under a window to the one behind the last.
  public var extent: Int { dilation * (size - 1) + 1 }

  /// The number of windows over a sequence; none if it is shorter than a window with the padding.
  public func count(over length: Int) -> Int {
    let room = length + paddingBefore + paddingAfter - extent
    return length == 0 || room < 0 ? 0 : room / stride + 1
  }

  /// The length of the sequence that so many windows come from, which is what a transposed
  /// convolution makes of them; 0 for none.
  ///
  /// - Parameters:
  ///   - count: The number of windows.
  ///   - excess: How many positions at the end no further window covers; less than the stride.
  /// - Returns: The positions.
  public func length(under count: Int, excess: Int = 0) -> Int {
    guard count > 0 else { return 0 }
    return max(0, (count - 1) * stride + extent + excess - paddingBefore - paddingAfter)
  }

  /// Whether each position is a window of its own.
  var isIdentity: Bool { size == 1 && stride == 1 && paddingBefore == 0 && paddingAfter == 0 }
}
