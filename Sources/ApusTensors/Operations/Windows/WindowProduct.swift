import CApusKernels

/// The products of pixels under windows with weights: what a convolution and its transposition are
/// made of.
///
/// A convolution contracts pixels to windows and its gradient expands windows to pixels; a transposed
/// convolution is the other way round. Pixels are unfolded a block of windows at a time, and again on
/// the way back, so that they never stand whole in memory.
///
/// With G groups, each multiplies a part of the pixels' channels with its rows of the weights.
struct WindowProduct: Sendable {
  let grid: WindowGrid
  let groupCount: Int
  /// [W, taps · C / G] for C channels of pixels and W of windows.
  let weight: Tensor

  private var windowChannels: Int { weight.shape[0] }

  init(_ grid: WindowGrid, groupCount: Int, _ weight: Tensor, _ operation: String) {
    precondition(
      groupCount > 0 && grid.channelCount % groupCount == 0 && weight.shape[0] % groupCount == 0,
      """
      \(operation): expected channels in \(groupCount) groups, got \(grid.channelCount) and \
      \(weight.shape[0])
      """)
    requireShape(weight, [nil, grid.tapCount * grid.channelCount / groupCount], operation)
    self.grid = grid
    self.groupCount = groupCount
    self.weight = weight.detached
  }

  private struct Part {
    /// Windows over time.
    let windows: Range<Int>
    /// Of the pixels, and of the windows; the latter are rows of the weight too.
    let channels, outputs: Range<Int>
  }

  private var parts: [Part] {
    let (size, outputs) = (grid.channelCount / groupCount, windowChannels / groupCount)
    return grid.blocks(channelCount: size).flatMap { windows in
      (0..<groupCount).map { group in
        Part(
          windows: windows, channels: group * size..<(group + 1) * size,
          outputs: group * outputs..<(group + 1) * outputs)
      }
    }
  }

  /// Pixels to windows: [N, F, C] → [M · F′, W], in the type of x.
  func contracted(_ x: Tensor, bias: Tensor?) -> Tensor {
    let rows = grid.windowCount * grid.windowBinCount
    let parts = parts
    func product(_ part: Part) -> Tensor {
      ApusTensors.product(
        grid.unfold(x, windows: part.windows, channels: part.channels),
        MatrixOperand(weight.rows(part.outputs), transposed: true),
        bias: bias?.detached.rows(part.outputs), result: x.type)
    }
    if parts.count == 1 { return product(parts[0]) }
    let result = Tensor(undefined: [rows, windowChannels], x.type)
    for part in parts { copy(product(part), to: part, of: result) }
    return result
  }

  /// Windows to pixels: [M · F′, W] → [N, F, C] of Float32, sums of what each window has in the type of y.
  func expanded(_ y: Tensor) -> Tensor {
    let result = Tensor.zeros([grid.elementCount, grid.binCount, grid.channelCount])
    for part in parts {
      let columns = product(
        columns(of: y, part), MatrixOperand(weight.rows(part.outputs)), result: y.type)
      grid.fold(columns, windows: part.windows, channels: part.channels, into: result)
    }
    return result
  }

  /// The gradient of the weight: windows' gradient, or values, times pixels, summed over all windows.
  func weightGradient(windows y: Tensor, pixels x: Tensor) -> Tensor {
    let sum = Tensor.zeros(weight.shape)
    for part in parts {
      rowSumProduct(
        columns(of: y, part), grid.unfold(x, windows: part.windows, channels: part.channels),
        into: sum.rows(part.outputs), adds: true)
    }
    return sum
  }

  private func columns(of y: Tensor, _ part: Part) -> Tensor {
    let rows = y.reshaped([y.count / windowChannels, windowChannels])
      .rows(rows(part))
    return groupCount == 1 ? rows : rows.columns(part.outputs)
  }

  private func rows(_ part: Part) -> Range<Int> {
    part.windows.lowerBound * grid.windowBinCount..<part.windows.upperBound * grid.windowBinCount
  }

  private func copy(_ columns: Tensor, to part: Part, of result: Tensor) {
    let width = result.type.byteCount
    let start = rows(part).lowerBound * windowChannels + part.outputs.lowerBound
    apus_copy_runs(
      columns.address, Int64(part.outputs.count * width), result.address + start * width,
      Int64(windowChannels * width), Int64(part.outputs.count * width), Int64(columns.rowCount))
    withExtendedLifetime(columns) {}
  }
}
