import ApusFiles
import ApusTensors
import Glibc

extension ModelDirectory {
  /// Writes a model with an adapter merged into its weights, which are stored as Float32.
  ///
  /// All other files and directories of the model's go with it, but for its weights in other formats and
  /// the best models of its run, which are without the adapter, what the run needs to go on, and tensors of
  /// integers, which are no weights.
  ///
  /// - Parameters:
  ///   - adapter: What the model learnt.
  ///   - base: The directory of the model.
  ///   - output: That to make.
  /// - Throws: `FileError` if a file can't be read or written; `InputError` for an adapter of another
  ///   model, or where the output is the model itself.
  public static func merge(_ adapter: Adapter, into base: String, output: String) throws {
    let checkpoint = try SafetensorsCheckpoint(directory: base)
    var weights: [String: Tensor] = [:]
    for entry in checkpoint.entries {
      let tensor = try checkpoint.tensor(entry.name)
      if tensor.type == .float32 { weights[entry.name] = tensor }
    }
    try adapter.merge(into: &weights)
    try createDirectory(output)
    guard resolved(base) != resolved(output) else {
      throw InputError(expected: "another directory than the model's to write", found: output)
    }
    for name in try directoryEntries(base)
    where !weightFiles.contains(where: name.contains) && !runFiles.contains(where: name.hasPrefix) {
      try copy("\(base)/\(name)", to: "\(output)/\(name)")
    }
    try writeSafetensors(
      weights.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
      to: "\(output)/model.safetensors", as: .float32)
  }

  /// What the names of files and directories with a model's weights have in them.
  private static let weightFiles = [
    ".safetensors", "pytorch_model", "tf_model", "flax_model", "rust_model", "onnx", "openvino",
    "coreml",
  ]

  /// What the names of files and directories begin with that are a run's.
  private static let runFiles = [
    "training", "best", "run.lock", "metrics.jsonl", "events.out.tfevents", "loss.svg",
  ]

  /// Copies a file, or a directory with all that is in it.
  private static func copy(_ source: String, to target: String) throws {
    guard !FileStatus.isDirectory(source) else {
      try createDirectory(target)
      for name in try directoryEntries(source) {
        try copy("\(source)/\(name)", to: "\(target)/\(name)")
      }
      return
    }
    let file = try MappedFile(source)
    var copy = try AtomicFile(target)
    try withExtendedLifetime(file) { try copy.write(UnsafeRawBufferPointer(file.bytes)) }
    try copy.commit()
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
