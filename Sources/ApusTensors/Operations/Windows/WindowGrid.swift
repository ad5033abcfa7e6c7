import CApusKernels

/// The windows over a batch of sequences, and across the bins of each element, as kernels take them.
///
/// A pixel is one bin of an element: where elements are rows of channels, each is one pixel.
struct WindowGrid: Sendable {
  let time, across: Window
  /// The bins of each element, and the windows across them.
  let binCount, windowBinCount: Int
  let channelCount: Int
  /// Where sequences begin among elements, and among windows over time.
  let offsets, windowOffsets: [Int]

  /// The windows over elements of [C] or [F, C].
  init(over x: Sequences, time: Window, across: Window) {
    let windowOffsets = x.lengths.reduce(into: [0]) {
      $0.append($0[$0.count - 1] + time.count(over: $1))
    }
    let binCount = x.binCount
    self.init(
      time: time, across: across, binCount: binCount, windowBinCount: across.count(over: binCount),
      channelCount: x.values.columnCount, offsets: x.offsets, windowOffsets: windowOffsets)
  }

  /// The windows that elements of [C] or [F, C] stand for, over what they come from.
  init(
    under x: Sequences, channelCount: Int, time: Window, across: Window, excess: (Int, Int)
  ) {
    precondition(
      excess.0 >= 0 && excess.0 < time.stride && excess.1 >= 0 && excess.1 < across.stride,
      "transposedConvolution: expected an excess below the stride, got \(excess)")
    let offsets = x.lengths.reduce(into: [0]) {
      $0.append($0[$0.count - 1] + time.length(under: $1, excess: excess.0))
    }
    let binCount = across.length(under: x.binCount, excess: excess.1)
    self.init(
      time: time, across: across, binCount: binCount, windowBinCount: x.binCount,
      channelCount: channelCount, offsets: offsets, windowOffsets: x.offsets)
  }

  private init(
    time: Window, across: Window, binCount: Int, windowBinCount: Int, channelCount: Int,
    offsets: [Int], windowOffsets: [Int]
  ) {
    precondition(
      windowBinCount > 0 && binCount > 0,
      "windows: expected elements as wide as a window, got \(binCount) bins for \(across)")
    self.time = time
    self.across = across
    self.binCount = binCount
    self.windowBinCount = windowBinCount
    self.channelCount = channelCount
    self.offsets = offsets
    self.windowOffsets = windowOffsets
  }

  /// The number of windows over time of all sequences.
  var windowCount: Int { windowOffsets[windowOffsets.count - 1] }
  var elementCount: Int { offsets[offsets.count - 1] }
  /// The pixels under a window.
  var tapCount: Int { time.size * across.size }

  func withKernel<Result>(_ body: (UnsafePointer<apus_windows>) -> Result) -> Result {
    let starts = offsets.map(Int64.init)
    let windowStarts = windowOffsets.map(Int64.init)
    return starts.withUnsafeBufferPointer { starts in
      windowStarts.withUnsafeBufferPointer { windowStarts in
        var kernel = apus_windows(
          sequences: Int64(offsets.count - 1), offsets: starts.baseAddress,
          window_offsets: windowStarts.baseAddress, time: time.kernel, across: across.kernel,
          bins: Int64(binCount), window_bins: Int64(windowBinCount), channels: Int64(channelCount))
        return body(&kernel)
      }
    }
  }

  /// What is under some windows, for some of the channels.
  ///
  /// - Shapes: [N, F, C] → [windows, taps · channels]
  func unfold(_ x: Tensor, windows: Range<Int>, channels: Range<Int>) -> Tensor {
    let result = Tensor(
      undefined: [windows.count * windowBinCount, tapCount * channels.count], x.type)
    withKernel { kernel in
      apus_unfold(
        kernel, windows.kernel, channels.kernelChannels, x.type.kernel, x.address, result.address)
    }
    return result
  }

  /// Adds what windows have for each pixel to it.
  ///
  /// - Shapes: [windows, taps · channels] → [N, F, C] of Float32
  func fold(_ unfolded: Tensor, windows: Range<Int>, channels: Range<Int>, into sum: Tensor) {
    withKernel { kernel in
      apus_fold(
        kernel, windows.kernel, channels.kernelChannels, unfolded.type.kernel, unfolded.address,
        sum.floats)
    }
  }

  /// The windows in blocks whose unfolded rows take at most 4 MiB, which the caches hold.
  func blocks(channelCount: Int) -> [Range<Int>] {
    let values = windowBinCount * tapCount * channelCount
    let most = max(1, (1 << 20) / max(1, values))
    let count = (windowCount + most - 1) / most
    return (0..<count).map { windowCount * $0 / count..<windowCount * ($0 + 1) / count }
  }
}

extension Window {
  fileprivate var kernel: apus_taps {
    apus_taps(
      size: Int64(size), stride: Int64(stride), dilation: Int64(dilation),
      padding: Int64(padding.before))
  }
}

extension Range<Int> {
  fileprivate var kernel: apus_window_range {
    apus_window_range(first: Int64(lowerBound), count: Int64(count))
  }

  fileprivate var kernelChannels: apus_channel_range {
    apus_channel_range(first: Int64(lowerBound), count: Int64(count))
  }
}

extension Sequences {
  /// The bins of each element; 1 where elements are rows of channels.
  var binCount: Int { values.rank == 3 ? values.shape[1] : 1 }

  /// Other elements of the same form, [C] or [F, C].
  func elementShape(bins: Int, channels: Int) -> [Int] {
    values.rank == 3 ? [bins, channels] : [channels]
  }
}
