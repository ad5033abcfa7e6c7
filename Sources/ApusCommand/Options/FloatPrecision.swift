import ApusLayers
import ArgumentParser

/// The arithmetic of models that are not used with rounded weights.
enum FloatPrecision: String, CaseIterable, ExpressibleByArgument {
  case fp32, bf16

  var mode: Mode.Precision {
    switch self {
    case .fp32: .fp32
    case .bf16: .bf16
    }
  }
}
