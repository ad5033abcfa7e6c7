import ApusFiles
import Glibc

/// The tensors of a model directory: those of `model.safetensors`, or of the files that
/// `model.safetensors.index.json` joins.
///
/// - Source: https://huggingface.co/docs/transformers/big_models, section "Sharded checkpoints".
public struct SafetensorsCheckpoint: Sendable {
  private static let fileName = "model.safetensors"
  private static let indexName = "model.safetensors.index.json"

  /// What errors name: the file, or the index of several.
  public let path: String
  public let files: [SafetensorsFile]
  /// The file of each tensor.
  private let places: [String: Int]

  /// Opens the files of a directory and checks their headers.
  ///
  /// - Throws: `FileError` if one can't be read; `InputError` for what is wrong with one, for a
  ///   tensor in two files or not in the file that the index names, and for weights in PyTorch's
  ///   own format.
  public init(directory: String) throws {
    let path = "\(directory)/\(Self.fileName)"
    let indexPath = "\(directory)/\(Self.indexName)"
    let hasFile = access(path, F_OK) == 0
    if !hasFile, access(indexPath, F_OK) == 0 {
      try self.init(index: indexPath, directory: directory)
    } else {
      if !hasFile { try Self.refusePickles(in: directory) }
      self.init(try SafetensorsFile(contentsOf: path))
    }
  }

  public init(_ file: SafetensorsFile) {
    path = file.path
    files = [file]
    places = Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, 0) })
  }

  private init(index path: String, directory: String) throws {
    let map = try JSONField(contentsOf: path)["weight_map"]
    var wanted: [String: String] = [:]
    for (name, file) in try map.members() {
      guard case .string(let file) = file, Self.isPlain(file) else {
        throw InputError(
          file: path, expected: "the name of a file in the same directory for \(name)",
          found: JSONField(file, file: path).summary)
      }
      guard wanted.updateValue(file, forKey: name) == nil else {
        throw InputError(file: path, expected: "different names", found: "\(name) twice")
      }
    }
    let names = Set(wanted.values).sorted()
    let files = try names.map { try SafetensorsFile(contentsOf: "\(directory)/\($0)") }
    var places: [String: Int] = [:]
    for (index, file) in files.enumerated() {
      for entry in file.entries {
        if let other = places.updateValue(index, forKey: entry.name) {
          throw InputError(
            file: file.path, expected: "no tensor of \(names[other])", found: entry.name)
        }
      }
    }
    for (name, file) in wanted.sorted(by: { $0.key < $1.key })
    where places[name].map({ names[$0] }) != file {
      throw InputError(file: "\(directory)/\(file)", expected: "a tensor \(name)", found: "none")
    }
    self.path = path
    self.files = files
    self.places = places
  }

  /// Names that lead out of the directory, or into another, are none.
  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(UInt8(ascii: "/"))
      && !name.utf8.contains(0)
  }

  private static func refusePickles(in directory: String) throws {
    for name in ["pytorch_model.bin", "pytorch_model.bin.index.json"]
    where access("\(directory)/\(name)", F_OK) == 0 {
      throw InputError(
        file: directory,
        expected: """
          \(fileName), which transformers writes: python -c "from transformers import AutoModel; \
          AutoModel.from_pretrained('\(directory)').save_pretrained('\(directory)')"
          """, found: "\(name) alone")
    }
  }

  /// All tensors, file by file in the order of their data.
  public var entries: [SafetensorsFile.Entry] { files.flatMap(\.entries) }

  /// The number of values of all tensors; in Double, so that none can overflow.
  public var valueCount: Double { files.reduce(0) { $0 + $1.valueCount } }

  public func entry(named name: String) -> SafetensorsFile.Entry? {
    places[name].flatMap { files[$0].entry(named: name) }
  }

  /// Reads a tensor as `SafetensorsFile.tensor` does.
  public func tensor(_ name: String, shape: [Int]? = nil) throws -> Tensor {
    guard let place = places[name] else {
      throw InputError(
        file: path, expected: "a tensor named \(name)", found: "\(places.count) others")
    }
    return try files[place].tensor(name, shape: shape)
  }

  /// Reads a tensor of any floating-point type as Float32.
  public func floats(_ name: String, shape: [Int]) throws -> Tensor {
    let tensor = try tensor(name, shape: shape)
    guard tensor.type == .float32 else {
      throw InputError(
        file: path, expected: "\(name) of a floating-point type", found: "integers")
    }
    return tensor
  }
}
