/// A run in a directory that trains until its last step and may be stopped and continued.
public protocol ResumableRun {
  /// The steps done.
  var step: Int { get }
  /// Whether there is nothing left to do.
  var isFinished: Bool { get }

  /// Trains until the last step.
  ///
  /// - Parameters:
  ///   - last: A step to stop after, validated and saved; nil for the last one.
  ///   - showsProgress: Whether a progress bar is written to standard error.
  ///   - isCancelled: Asked after each step; a cancelled run saves a checkpoint and returns.
  /// - Throws: `NonFiniteLossError` with the last checkpoint kept; `FileError` if a file can't be
  ///   written.
  func run(until last: Int?, showsProgress: Bool, isCancelled: () -> Bool) throws
}

extension TrainingRun: ResumableRun {}
