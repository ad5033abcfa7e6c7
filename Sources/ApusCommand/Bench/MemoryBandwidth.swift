import ApusTensors

/// The bytes a second that all threads together read from memory now.
///
/// Measured on more than caches hold, beside what is compared with it.
func memoryBandwidth() -> Double {
  let x = Tensor.zeros([4096, 32_768])
  let times = Stopwatch.times(seconds: 0.6) { _ = x.sum(axis: 1) }
  return Double(x.count * x.type.byteCount) / times.median
}
