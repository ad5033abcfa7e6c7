import ApusTensors

/// Half the squared distance of each vector from the centre of its class.
///
/// Beside a loss that keeps classes apart, it brings those of a class together. The centres are
/// parameters; their gradient moves each towards the vectors of its class.
///
/// - Parameters:
///   - features: A vector a row.
///   - labels: The class of each, Int32.
///   - centres: One a class.
/// - Returns: The loss of each row.
/// - Shapes: features [B, C], labels [B], centres [L, C] → [B]
/// - Source: Wen et al. 2016, eq. 2.
public func centreLoss(_ features: Tensor, labels: Tensor, centres: Tensor) -> Tensor {
  (features - centres.gathered(labels)).square().sum(axis: -1) / 2
}
