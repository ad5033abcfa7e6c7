/// A loss or gradient that is no number: training can't go on from it.
public struct NonFiniteLossError: Error, CustomStringConvertible, Equatable {
  public let step: Int
  /// Where the step's first batch stands in the order of all.
  public let cursor: BatchCursor
  public let value: String
  public let checkpoint: String

  public var description: String {
    """
    step \(step) (epoch \(cursor.epoch), position \(cursor.position), batch \(cursor.batch)): \
    expected a finite value, got \(value); the last good checkpoint is kept at \(checkpoint)
    """
  }
}
