/// How the weights that a model reads come from those that are stored.
///
/// A layer sees a parameter's value alone; what adapts or disturbs weights stands here, once for all
/// layers.
public protocol Reparametrization: Sendable {
  /// The weights that the model reads.
  ///
  /// - Parameter stored: The weights of the parameter, tracked for gradients unless they are frozen.
  /// - Returns: Weights of the same shape.
  func weights(from stored: Tensor) -> Tensor
}
