import Glibc

/// The learning rate of each step of a run, a pure function of the step.
///
/// Steps count from 0. Over the first W warm-up steps the rate rises in equal parts and reaches the
/// peak at step W, where the rule of the kind takes over; it ends at step `stepCount`, one after the
/// last, so that no step is wasted on a final rate of zero.
///
/// - Source: inverse square root: Vaswani et al. 2017, §5.3; cosine: Loshchilov & Hutter 2017;
///   one-cycle: Smith & Topin 2018 with cosine branches; staircase: Zaremba et al. 2014, §4.1.
public struct Schedule: Equatable, Sendable {
  public let recipe: ScheduleRecipe
  /// The highest rate.
  public let peakRate: Double
  /// The steps of the whole run.
  public let stepCount: Int
  /// How long an epoch is, which a staircase has to know.
  public let epoch: EpochLength?

  public init(
    _ recipe: ScheduleRecipe, peakRate: Double, stepCount: Int, epoch: EpochLength? = nil
  ) {
    precondition(
      recipe.kind != .staircase || epoch != nil, "Schedule: expected a staircase's epochs, got none"
    )
    self.epoch = epoch
    self.recipe = recipe
    self.peakRate = peakRate
    self.stepCount = stepCount
  }

  /// The learning rate of a step.
  ///
  /// - Parameters:
  ///   - step: The optimizer steps done before this one.
  ///   - plateau: What validation losses have made of the rate; of no effect for other kinds.
  /// - Returns: The rate, from `finalRate` (after the warm-up) to `peakRate`.
  public func rate(at step: Int, plateau: PlateauState = PlateauState()) -> Double {
    precondition(step >= 0, "Schedule.rate: expected a step of at least 0, got \(step)")
    if step < recipe.warmupSteps { return warmupRate(at: step) }
    let done = min(1, Double(step - warmup) / Double(max(1, stepCount - warmup)))
    switch recipe.kind {
    case .constant: return peakRate
    case .linear: return peakRate + (recipe.finalRate - peakRate) * done
    case .cosine, .oneCycle: return cosine(from: peakRate, to: recipe.finalRate, at: done)
    case .inverseSquareRoot:
      return max(recipe.finalRate, peakRate * (Double(warmup + 1) / Double(step + 1)).squareRoot())
    case .plateau: return max(recipe.finalRate, peakRate * plateau.scale)
    case .staircase:
      let falls = max(0, (epoch?.epochs(in: step) ?? 0) + 1 - recipe.heldEpochs)
      return max(recipe.finalRate, peakRate * pow(recipe.factor, Double(falls)))
    }
  }

  private var warmup: Int { recipe.warmupSteps }

  private func warmupRate(at step: Int) -> Double {
    guard recipe.kind == .oneCycle else {
      return peakRate * Double(step + 1) / Double(warmup + 1)
    }
    return cosine(
      from: recipe.initialRate ?? peakRate / 25, to: peakRate, at: Double(step) / Double(warmup))
  }

  private func cosine(from start: Double, to end: Double, at done: Double) -> Double {
    end + (start - end) * 0.5 * (1 + cos(.pi * done))
  }
}
