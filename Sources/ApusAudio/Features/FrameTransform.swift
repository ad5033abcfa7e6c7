import CApusKernels
import Glibc

/// A run of an utterance's samples.
struct SampleWindow {
  let samples: UnsafeBufferPointer<Float>
  /// The number of the run's first sample in the utterance.
  let first: Int
  /// The number of samples of the utterance; `Int.max` while it is not known.
  let total: Int

  /// The samples of a frame where they lie, or copied to `copy` with what stands beyond the ends.
  func frame(
    _ frame: Int, _ framing: Framing, copy: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let start = framing.first(frame), length = framing.windowLength
    if start >= first, start + length <= first + samples.count, let base = samples.baseAddress {
      return UnsafePointer(base + (start - first))
    }
    for index in 0..<length {
      copy[index] = framing.source(start + index, of: total).map { samples[$0 - first] } ?? 0
    }
    return UnsafePointer(copy)
  }
}

/// The way of one frame from samples to values, without deltas and normalisation.
struct FrameTransform: Sendable {
  let settings: FeatureSettings
  let framing: Framing
  /// The window times the scale of samples.
  private let window: [Float]
  private let filters, cosines: FilterBank?

  init(_ settings: FeatureSettings) {
    self.settings = settings
    framing = Framing(
      edges: settings.edges, windowLength: settings.windowLength,
      transformSize: settings.transformSize, step: settings.step)
    let scale = Float(settings.sampleScale)
    window = settings.window.values(settings.windowLength, isPeriodic: settings.isPeriodic)
      .map { scale * $0 }
    let hasFilters = settings.kind == .logMel || settings.kind == .mfcc
    filters =
      hasFilters
      ? FilterBank(
        settings.mel.weights(
          sampleRate: settings.sampleRate, transformSize: settings.transformSize)) : nil
    cosines =
      settings.kind == .mfcc
      ? FilterBank(
        Cepstra.rows(
          count: settings.cepstrumCount, bandCount: settings.mel.count, lifter: settings.lifter))
      : nil
  }

  /// The values of frames: [frames, static width].
  func rows(_ frames: Range<Int>, of samples: SampleWindow) -> [Float] {
    let width = settings.staticWidth
    return [Float](unsafeUninitializedCapacity: frames.count * width) { rows, count in
      count = frames.count * width
      guard let base = rows.baseAddress, count > 0 else { return }
      if settings.kind == .waveform {
        let scale = Float(settings.sampleScale)
        for frame in frames {
          base[frame - frames.lowerBound] = scale * samples.samples[frame - samples.first]
        }
        return
      }
      let transform = RealTransform.of(settings.transformSize)
      // A thread is worth waking for the microseconds that so many frames take.
      parallel(frames.count, grain: 32) { part in
        let space = FrameSpace(transform.size, settings)
        for frame in part {
          compute(
            frames.lowerBound + frame, samples, transform, space, into: base + frame * width)
        }
      }
    }
  }

  private func compute(
    _ frame: Int, _ samples: SampleWindow, _ transform: RealTransform, _ space: FrameSpace,
    into row: UnsafeMutablePointer<Float>
  ) {
    let input = samples.frame(frame, framing, copy: space.edge)
    let energy = apus_window_frame(
      input, window, Int64(window.count), settings.removesMean, Float(settings.preEmphasis),
      space.transform.samples)
    transform.run(space.transform)
    let bins = transform.binCount
    let spectrum = filters == nil ? row : space.spectrum
    apus_squared_magnitudes(space.transform.spectrum, Int64(bins), spectrum)
    if settings.spectrum == .magnitude { apus_square_roots(spectrum, Int64(bins)) }
    guard let filters else { return takeLogarithms(row, bins) }
    let bands = cosines == nil ? row : space.bands
    filters.sums(of: spectrum, into: bands)
    takeLogarithms(bands, filters.count)
    guard let cosines else { return }
    cosines.sums(of: bands, into: row)
    if settings.usesEnergy {
      let scale = Float(settings.sampleScale)
      row[0] = scale * scale * energy
      takeLogarithms(row, 1)
    }
  }

  private func takeLogarithms(_ values: UnsafeMutablePointer<Float>, _ count: Int) {
    let floor = Float(settings.logarithmFloor)
    switch settings.logarithm {
    case .none: break
    case .natural: apus_floored_logarithms(values, Int64(count), floor, 0, 1)
    case .decibels:
      apus_floored_logarithms(values, Int64(count), floor, 0, Float(10 / log(10.0)))
    case .onePlus: apus_floored_logarithms(values, Int64(count), 0, 1, 1)
    }
  }
}

/// What one thread needs beside a frame's samples and values.
private final class FrameSpace {
  let transform: TransformBuffers
  /// The samples of a frame that reaches beyond an end.
  let edge: UnsafeMutablePointer<Float>
  /// The spectrum and the bands, with zeros behind them for filters to run over.
  let spectrum, bands: UnsafeMutablePointer<Float>

  init(_ size: Int, _ settings: FeatureSettings) {
    transform = TransformBuffers(size)
    edge = Self.zeros(settings.windowLength)
    spectrum = Self.zeros(size / 2 + 1 + FilterBank.lanes)
    bands = Self.zeros(settings.mel.count + FilterBank.lanes)
  }

  deinit {
    edge.deallocate()
    spectrum.deallocate()
    bands.deallocate()
  }

  private static func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
    let floats = UnsafeMutablePointer<Float>.allocate(capacity: count)
    floats.initialize(repeating: 0, count: count)
    return floats
  }
}
