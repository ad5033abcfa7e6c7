import CApusKernels

extension Sequences {
  /// The greatest value of each channel under each window; 0 where a window covers nothing.
  ///
  /// - Parameters:
  ///   - window: Over the elements of a sequence.
  ///   - across: Over the bins of an element, where there are any.
  /// - Returns: An element for each window over time.
  /// - Shapes: [N, C] → [M, C], or [N, F, C] → [M, F′, C]
  public func max(over window: Window, across: Window = Window(1)) -> Sequences {
    let grid = WindowGrid(over: self, time: window, across: across)
    let x = values
    let result = Tensor(undefined: pooledShape(grid), x.type)
    let positions = Tensor(undefined: result.shape, .int32)
    grid.withKernel {
      apus_window_max($0, x.type.kernel, x.address, result.address, positions.ints)
    }
    withExtendedLifetime(x) {}
    let (shape, type) = (x.shape, x.type)
    let recorded = result.recorded("max over windows", from: [x]) { gradient in
      let sum = Tensor.zeros(shape)
      grid.withKernel {
        apus_window_max_backward(
          $0, gradient.type.kernel, gradient.address, positions.ints, sum.floats)
      }
      withExtendedLifetime(gradient) {}
      return [.dense(sum.converted(to: type))]
    }
    return Sequences(recorded, offsets: grid.windowOffsets)
  }

  /// The mean of each channel over what a window covers: what lies beyond the ends of a sequence does
  /// not count, PyTorch's `count_include_pad=False`.
  ///
  /// - Parameters:
  ///   - window: Over the elements of a sequence.
  ///   - across: Over the bins of an element, where there are any.
  /// - Returns: An element for each window over time.
  /// - Shapes: [N, C] → [M, C], or [N, F, C] → [M, F′, C]
  public func mean(over window: Window, across: Window = Window(1)) -> Sequences {
    let grid = WindowGrid(over: self, time: window, across: across)
    let x = values
    let result = Tensor(undefined: pooledShape(grid), x.type)
    grid.withKernel { apus_window_mean($0, x.type.kernel, x.address, result.address) }
    withExtendedLifetime(x) {}
    let (shape, type) = (x.shape, x.type)
    let recorded = result.recorded("mean over windows", from: [x]) { gradient in
      let sum = Tensor.zeros(shape)
      grid.withKernel {
        apus_window_mean_backward($0, gradient.type.kernel, gradient.address, sum.floats)
      }
      withExtendedLifetime(gradient) {}
      return [.dense(sum.converted(to: type))]
    }
    return Sequences(recorded, offsets: grid.windowOffsets)
  }

  private func pooledShape(_ grid: WindowGrid) -> [Int] {
    [grid.windowCount] + elementShape(bins: grid.windowBinCount, channels: grid.channelCount)
  }

  /// Each element several times in a row: [N, …] → [count · N, …].
  ///
  /// Nearest-neighbour upsampling; its gradient adds up what the copies get.
  public func upsampled(by count: Int) -> Sequences {
    precondition(count > 0, "upsampled: expected a factor above 0, got \(count)")
    let ids = (0..<elementCount).flatMap { repeatElement(Int32($0), count: count) }
    return Sequences(values.gathered(ids), offsets: offsets.map { $0 * count })
  }
}
