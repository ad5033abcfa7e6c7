import CFFTW
import Synchronization

/// The Fourier transform of real samples, planned once for each length.
///
/// The plan is FFTW's estimate, never a measured one: measuring could choose another algorithm in
/// the next run, and with it other last bits.
final class RealTransform: @unchecked Sendable {
  let size: Int
  // Never changed; FFTW allows any number of threads to execute a plan.
  private let plan, inverse: fftwf_plan

  /// The number of frequencies from 0 to half the sample rate.
  var binCount: Int { size / 2 + 1 }

  private static let planned = Mutex<[Int: RealTransform]>([:])

  /// The transform of a length, from 1 to 2²⁶.
  static func of(_ size: Int) -> RealTransform {
    precondition(1...1 << 26 ~= size, "RealTransform: expected 1 to 2²⁶ samples, got \(size)")
    // The lock also keeps FFTW's planner, which is not safe for threads, to one of them.
    return planned.withLock { planned in
      if let transform = planned[size] { return transform }
      let transform = RealTransform(size)
      planned[size] = transform
      return transform
    }
  }

  private init(_ size: Int) {
    self.size = size
    let buffers = TransformBuffers(size)
    guard
      let plan = fftwf_plan_dft_r2c_1d(
        Int32(size), buffers.samples, buffers.complexSpectrum, FFTW_ESTIMATE),
      let inverse = fftwf_plan_dft_c2r_1d(
        Int32(size), buffers.complexSpectrum, buffers.samples, FFTW_ESTIMATE)
    else { preconditionFailure("RealTransform: no plan for \(size) samples") }
    (self.plan, self.inverse) = (plan, inverse)
  }

  /// Transforms the samples of buffers of this size; they are kept.
  func run(_ buffers: TransformBuffers) {
    fftwf_execute_dft_r2c(plan, buffers.samples, buffers.complexSpectrum)
  }

  /// Makes samples of a spectrum, `size` times as large; the spectrum is lost.
  func invert(_ buffers: TransformBuffers) {
    fftwf_execute_dft_c2r(inverse, buffers.complexSpectrum, buffers.samples)
  }
}

/// Samples and their spectrum, aligned as plans expect it.
final class TransformBuffers {
  /// [size], zero at first.
  let samples: UnsafeMutablePointer<Float>
  /// [size / 2 + 1, 2]: real and imaginary parts.
  let spectrum: UnsafeMutablePointer<Float>
  let size: Int

  var complexSpectrum: UnsafeMutablePointer<fftwf_complex> {
    UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self)
  }

  init(_ size: Int) {
    self.size = size
    samples = Self.zeros(size)
    spectrum = Self.zeros(2 * (size / 2 + 1))
  }

  deinit {
    samples.deallocate()
    spectrum.deallocate()
  }

  /// A cache line's alignment is enough for every instruction set.
  private static func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
    let floats = UnsafeMutableRawPointer.allocate(byteCount: 4 * count, alignment: 64)
      .bindMemory(to: Float.self, capacity: count)
    floats.initialize(repeating: 0, count: count)
    return floats
  }
}
