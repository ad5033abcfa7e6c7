import ApusLayers
import ApusTensors

/// The rate of matrix products that this machine reaches now, in GFLOP/s.
///
/// Other programs share the machine, so that the peak is measured in the run that is compared with
/// it.
func matrixPeak(_ precision: Mode.Precision) -> Double {
  let size = 1536
  let key = RandomKey(seed: 0, name: "peak")
  let x = Tensor.normal([size, size], key).converted(to: precision.scalarType)
  let weight = Tensor.normal([size, size], key)
  let times = withoutGradients { Stopwatch.times(seconds: 0.6) { _ = linear(x, weight) } }
  return 2 * Double(size * size * size) / times.median * 1e-9
}
