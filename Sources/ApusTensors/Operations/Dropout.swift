import CApusKernels

/// Which elements of a tensor are dropped: a function of the key and each element's number.
public struct Dropped: Sendable {
  public let rate: Float
  public let key: RandomKey

  public init(rate: Float, key: RandomKey) {
    precondition(rate >= 0 && rate < 1, "Dropped: expected a rate in [0, 1), got \(rate)")
    self.rate = rate
    self.key = key
  }

  var kernel: apus_dropped { apus_dropped(key: key.bits, step: key.step, rate: rate) }
}

extension Dropped? {
  var kernel: apus_dropped { self?.kernel ?? apus_dropped(key: 0, step: 0, rate: 0) }
}

/// Sets some elements to zero and scales the others so that the expectation stays.
///
/// The mask is never stored: backward draws it again from the key.
///
/// - Source: Srivastava et al. 2014.
public func dropout(_ x: Tensor, _ dropped: Dropped) -> Tensor {
  guard dropped.rate > 0 else { return x }
  func masked(_ x: Tensor) -> Tensor {
    let result = Tensor(undefined: x.shape, x.type)
    apus_dropout(x.type.kernel, x.address, dropped.kernel, result.address, Int64(x.count))
    return result
  }
  return masked(x.detached).recorded("dropout", from: [x]) { [.dense(masked($0))] }
}
