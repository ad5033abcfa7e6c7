import ApusFiles
import ApusTensors

/// Everything that a run needs to go on as if it had never stopped, in one file.
///
/// One file and one rename: a crash leaves the last checkpoint or the new one, never a mixture. It
/// is a safetensors file; weights, optimizer state, averages, slow weights and what one batch leaves for
/// the next stand under `weights.`, `optimizer.`, `average.`, `slow.` and `carried.`, the rest is JSON in
/// the metadata.
enum Checkpoint {
  static func save(
    _ state: RunState, weights: [(name: String, value: Tensor)],
    optimizer: [(name: String, value: Tensor)], average: [(name: String, value: Tensor)] = [],
    slow: [(name: String, value: Tensor)] = [], carried: [Tensor] = [], to path: String
  ) throws {
    let sections = [
      ("weights", weights), ("optimizer", optimizer), ("average", average), ("slow", slow),
      ("carried", carried.enumerated().map { ("\($0)", $1) }),
    ]
    let tensors = sections.flatMap { section, tensors in
      tensors.map { ("\(section).\($0.name)", $0.value) }
    }
    try writeSafetensors(tensors, to: path, metadata: ["state": try state.encoded()])
  }

  /// A checkpoint that was read.
  struct Saved: Sendable {
    let state: RunState
    private let file: SafetensorsFile

    /// Opens a checkpoint.
    ///
    /// - Throws: `InputError` for a file that is none.
    init(contentsOf path: String) throws {
      file = try SafetensorsFile(contentsOf: path)
      guard let text = file.metadata["state"] else {
        throw InputError(file: path, expected: "a checkpoint of a run", found: "other tensors")
      }
      state = try RunState(decoding: text, file: path)
    }

    @Sendable func weight(_ name: String, shape: [Int]) throws -> Tensor {
      try file.tensor("weights.\(name)", shape: shape)
    }

    func optimizer(_ name: String, shape: [Int]) throws -> Tensor {
      try file.tensor("optimizer.\(name)", shape: shape)
    }

    /// A part of the optimizer's state; nil for a parameter that had no gradient yet.
    func optimizer(ifAny name: String, shape: [Int]) throws -> Tensor? {
      file.entry(named: "optimizer.\(name)") == nil ? nil : try optimizer(name, shape: shape)
    }

    func average(_ name: String, shape: [Int]) throws -> Tensor {
      try file.tensor("average.\(name)", shape: shape)
    }

    func slow(_ name: String, shape: [Int]) throws -> Tensor {
      try file.tensor("slow.\(name)", shape: shape)
    }

    /// What the last batch left for the next one.
    func carried() throws -> [Tensor] {
      try (0..<state.carriedCount).map { try file.tensor("carried.\($0)") }
    }
  }
}
