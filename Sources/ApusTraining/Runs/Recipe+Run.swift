import ApusFiles
import ApusLayers
import ApusTensors

extension TrainingRecipe {
  /// The precision for this processor.
  ///
  /// - Throws: `InputError` if bf16 is asked for and can't be computed.
  func resolvedPrecision() throws -> Mode.Precision {
    switch precision {
    case .automatic: return Processor.multipliesBFloat16 ? .bf16 : .fp32
    case .fp32: return .fp32
    case .bf16:
      guard Processor.supportsBFloat16 else {
        throw InputError(
          expected: "fp32 or auto as precision on a processor without AVX-512", found: "bf16")
      }
      return .bf16
    }
  }
}

extension Recipe {
  /// The optimizer steps of the whole run.
  ///
  /// - Parameter epoch: How long an epoch is, where that is known.
  /// - Returns: Those given, or as many as the epochs take.
  /// - Throws: `InputError` for a length in epochs of data that have none, or a warm-up that does not
  ///   end in the run.
  func stepCount(ofEpoch epoch: EpochLength?) throws(InputError) -> Int {
    if let steps = training.steps { return steps }
    guard let epoch, let epochs = training.epochs else {
      throw InputError(
        expected: "training.steps for data of which an epoch is not known", found: "training.epochs"
      )
    }
    let (batches, overflows) = epoch.batchCount.multipliedReportingOverflow(by: epochs)
    let steps = batches / epoch.accumulation + (batches % epoch.accumulation > 0 ? 1 : 0)
    guard !overflows, schedule.warmupSteps < steps else {
      throw InputError(
        expected: "schedule.warmupSteps to be less than the run's \(steps) steps",
        found: "\(schedule.warmupSteps)")
    }
    return steps
  }
}
