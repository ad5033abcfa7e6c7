/// Frames read from a file.
public struct FeatureMatrix: Sendable, Equatable {
  public var width: Int
  /// [T, width], row after row.
  public var values: [Float]

  public var frameCount: Int { width == 0 ? 0 : values.count / width }

  public init(width: Int, values: [Float]) {
    self.width = width
    self.values = values
  }
}
