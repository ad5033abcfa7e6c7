import ApusFiles

/// Writes named tensors as a safetensors file, which appears whole or not at all.
///
/// Tensors go to the file one after the other, so that a conversion needs the memory of one.
///
/// - Parameters:
///   - tensors: The names must differ.
///   - path: Where the file is to be.
///   - type: What floating-point tensors are stored as; nil for the type that each has.
///   - metadata: Texts for the header. `format: pt` tells Hugging Face's libraries that matrices
///     are laid out as PyTorch's.
/// - Throws: `FileError` if the file can't be written.
public func writeSafetensors(
  _ tensors: [(name: String, value: Tensor)], to path: String, as type: ScalarType? = nil,
  metadata: [String: String] = ["format": "pt"]
) throws {
  precondition(
    Set(tensors.map(\.name)).count == tensors.count, "writeSafetensors: expected different names")
  let storedTypes = tensors.map { tensor in
    tensor.value.type.isFloatingPoint ? type ?? tensor.value.type : tensor.value.type
  }
  // Four-byte elements first, so that all are aligned to their size.
  let order = tensors.indices.sorted {
    (-storedTypes[$0].byteCount, tensors[$0].name) < (-storedTypes[$1].byteCount, tensors[$1].name)
  }

  var members: [(key: String, value: JSONValue)] = []
  if !metadata.isEmpty {
    let texts = metadata.sorted { $0.key < $1.key }
    members.append(("__metadata__", .object(texts.map { ($0.key, .string($0.value)) })))
  }
  var end = 0
  for index in order {
    let start = end
    end += tensors[index].value.count * storedTypes[index].byteCount
    let entry: [(key: String, value: JSONValue)] = [
      ("dtype", .string(storedTypes[index].safetensorsName)),
      ("shape", .array(tensors[index].value.shape.map { .integer($0) })),
      ("data_offsets", .array([.integer(start), .integer(end)])),
    ]
    members.append((tensors[index].name, .object(entry)))
  }
  var header = Array(JSONValue.object(members).text.utf8)
  header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: -header.count & 7))

  var file = try AtomicFile(path)
  try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try file.write($0) }
  try file.write(header)
  for index in order {
    let value = tensors[index].value.detached
    let stored = value.type == storedTypes[index] ? value : value.converted(to: storedTypes[index])
    defer { withExtendedLifetime(stored) {} }
    try file.write(
      UnsafeRawBufferPointer(start: stored.address, count: stored.count * stored.type.byteCount))
  }
  try file.commit()
}

extension ScalarType {
  fileprivate var safetensorsName: String {
    switch self {
    case .float32: "F32"
    case .bfloat16: "BF16"
    case .int32: "I32"
    }
  }
}
