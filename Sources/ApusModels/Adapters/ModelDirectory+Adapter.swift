import ApusFiles
import ApusTensors
import Glibc

extension ModelDirectory {
  /// Writes a model with an adapter merged into its weights, which are stored as Float32.
  ///
  /// All other files of the model's directory go with it; weights of integers, which are no weights,
  /// do not.
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
    for name in try directoryEntries(base) where !name.contains(".safetensors") {
      guard isFile("\(base)/\(name)") else { continue }
      let file = try MappedFile("\(base)/\(name)")
      var copy = try AtomicFile("\(output)/\(name)")
      try withExtendedLifetime(file) { try copy.write(UnsafeRawBufferPointer(file.bytes)) }
      try copy.commit()
    }
    try writeSafetensors(
      weights.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
      to: "\(output)/model.safetensors", as: .float32)
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
