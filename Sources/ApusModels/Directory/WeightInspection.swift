import ApusFiles
import ApusTensors
import Synchronization

/// What is wrong with the weights of a model directory, all of it at once where loading stops at the
/// first thing.
public struct WeightInspection: Sendable {
  /// Values of a tensor that are no numbers or infinite.
  public struct NonFinite: Sendable, Equatable {
    public var name: String
    public var nanCount: Int
    public var infiniteCount: Int
  }

  /// Tensors of the architecture that are missing, or of another shape or type.
  public var misfits: [InputError] = []
  /// Tensors that the architecture does not have, which loading passes over.
  public var unused: [String] = []
  public var nonFinite: [NonFinite] = []

  /// Compares the weights of a directory with its configuration and reads every value.
  ///
  /// - Throws: `FileError`; `InputError` if configuration or weights can't be read at all.
  public init(of directory: String) throws {
    let config = try ModelDirectory.config(of: directory)
    let checkpoint = try ReferenceCheckpoint(of: directory, config)
    let weights = checkpoint.weights
    for entry in weights.entries {
      if let found = try Self.nonFinite(entry, in: weights) { nonFinite.append(found) }
    }
    let seen = Mutex<(misfits: [InputError], used: Set<String>)>(([], []))
    _ = try ParameterStore.loading(
      from: { name, shape in
        let entry = checkpoint.entry(named: name)
        seen.withLock { seen in
          if let entry { seen.used.insert(entry.name) }
          if let misfit = Self.misfit(entry, name: name, shape: shape, file: weights.path) {
            seen.misfits.append(misfit)
          }
        }
        return .zeros(shape)
      },
      { scope in
        if config.hasHeads {
          _ = LanguageModel(config, in: scope)
        } else {
          _ = config.encoder(in: scope, of: checkpoint)
        }
      })
    (misfits, unused) = seen.withLock { seen in
      (
        seen.misfits,
        weights.entries.map(\.name).filter { !seen.used.contains($0) && !Self.isBuffer($0) }
      )
    }
  }

  /// Whether a tensor is one that the reference computes, and that its older versions kept.
  private static func isBuffer(_ name: String) -> Bool {
    ["position_ids", "token_type_ids", "attn.bias", "attn.masked_bias"].contains {
      name.hasSuffix(".\($0)")
    }
  }

  private static func misfit(
    _ entry: SafetensorsFile.Entry?, name: String, shape: [Int], file: String
  ) -> InputError? {
    guard let entry else {
      return InputError(file: file, expected: "a tensor \(name)", found: "none")
    }
    guard entry.shape == shape else {
      return InputError(
        file: file, expected: "\(name) of shape \(shape)", found: "\(entry.shape)")
    }
    guard entry.isFloatingPoint else {
      return InputError(
        file: file, expected: "\(name) of a floating-point type", found: entry.type)
    }
    return nil
  }

  private static func nonFinite(
    _ entry: SafetensorsFile.Entry, in weights: SafetensorsCheckpoint
  ) throws -> NonFinite? {
    guard entry.isFloatingPoint else { return nil }
    let (nanCount, infiniteCount) = try weights.tensor(entry.name).withElements(as: Float.self) {
      values in
      var (nanCount, infiniteCount) = (0, 0)
      for value in values where !value.isFinite {
        if value.isNaN { nanCount += 1 } else { infiniteCount += 1 }
      }
      return (nanCount, infiniteCount)
    }
    guard nanCount + infiniteCount > 0 else { return nil }
    return NonFinite(name: entry.name, nanCount: nanCount, infiniteCount: infiniteCount)
  }
}

extension SafetensorsFile.Entry {
  fileprivate var isFloatingPoint: Bool { ["F64", "F32", "F16", "BF16"].contains(type) }
}
