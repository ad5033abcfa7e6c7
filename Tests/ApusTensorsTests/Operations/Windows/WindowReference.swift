@testable import ApusTensors

/// Windows over a batch, one after the other, as the definitions say.
struct WindowReference {
  var offsets: [Int]
  var time: Window
  var across = Window(1)
  var bins = 1
  var groups = 1

  /// What a window has under it: the number of the tap and of the pixel, or nil beyond the ends.
  typealias Tap = (tap: Int, pixel: Int?)

  /// The taps of each window, in the order of the results, and the results of each sequence.
  var windows: (taps: [[Tap]], offsets: [Int]) {
    var windows: [[Tap]] = []
    var ends = [0]
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      var first = -time.padding.before
      while start < end, first + time.extent <= end - start + time.padding.after {
        var bin = -across.padding.before
        while bin + across.extent <= bins + across.padding.after {
          windows.append(taps(start..<end, first, bin))
          bin += across.stride
        }
        first += time.stride
      }
      ends.append(windows.count / acrossCount)
    }
    return (windows, ends)
  }

  var acrossCount: Int {
    (bins + across.padding.before + across.padding.after - across.extent) / across.stride + 1
  }

  private func taps(_ sequence: Range<Int>, _ first: Int, _ bin: Int) -> [Tap] {
    (0..<time.size).flatMap { row in
      (0..<across.size).map { column in
        let element = sequence.lowerBound + first + row * time.dilation
        let place = bin + column * across.dilation
        let isInside = sequence.contains(element) && place >= 0 && place < bins
        return (row * across.size + column, isInside ? element * bins + place : nil)
      }
    }
  }

  /// A convolution with PyTorch's weights [O, C / G, taps].
  func convolution(_ x: [Double], _ weight: [Double], _ bias: [Double], channels: Int) -> [Double] {
    let (taps, outputs, size) = (time.size * across.size, bias.count, channels / groups)
    return windows.taps.flatMap { window in
      (0..<outputs).map { output in
        let group = output / (outputs / groups)
        return window.reduce(bias[output]) { sum, tap in
          guard let pixel = tap.pixel else { return sum }
          return (0..<size).reduce(sum) { sum, channel in
            sum + x[pixel * channels + group * size + channel]
              * weight[(output * size + channel) * taps + tap.tap]
          }
        }
      }
    }
  }

  /// A transposed convolution with PyTorch's weights [C, O / G, taps], from windows to pixels.
  func transposedConvolution(
    _ x: [Double], _ weight: [Double], _ bias: [Double], channels: Int
  ) -> [Double] {
    let (taps, outputs) = (time.size * across.size, bias.count)
    let (size, given) = (outputs / groups, channels / groups)
    let pixels = (offsets.last ?? 0) * bins
    var result = (0..<pixels).flatMap { _ in bias }
    for (index, window) in windows.taps.enumerated() {
      for tap in window {
        guard let pixel = tap.pixel else { continue }
        for channel in 0..<channels {
          for output in 0..<size {
            result[pixel * outputs + channel / given * size + output] +=
              x[index * channels + channel] * weight[(channel * size + output) * taps + tap.tap]
          }
        }
      }
    }
    return result
  }

  /// Each window's real pixels, channel by channel, made one by a function; 0 if there is none.
  func pooled(_ x: [Double], channels: Int, _ pool: ([Double]) -> Double) -> [Double] {
    windows.taps.flatMap { window in
      (0..<channels).map { channel in
        let values = window.compactMap { tap in tap.pixel.map { x[$0 * channels + channel] } }
        return values.isEmpty ? 0 : pool(values)
      }
    }
  }
}
