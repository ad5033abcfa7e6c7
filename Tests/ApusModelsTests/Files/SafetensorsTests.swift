import ApusFiles
import Foundation
import Testing

@testable import ApusTensors

@Suite struct SafetensorsTests {
  @Test func readsEveryTypeOfTheReferenceLibrary() throws {
    let file = try SafetensorsFile(contentsOf: Golden.directory + "types.safetensors")
    #expect(file.metadata == ["made by": "make_golden.py"])
    for name in ["F64", "F32", "F16", "BF16"] {
      let tensor = try file.tensor(name, shape: [2, 3])
      #expect(tensor.elements(as: Float.self) == [-2, -1, 0, 1, 2, 3], "\(name)")
    }
    for name in ["I64", "I32", "I16", "I8"] {
      #expect(try file.tensor(name).elements(as: Int32.self) == [-2, -1, 0, 1, 2, 3], "\(name)")
    }
    for name in ["U64", "U32", "U16", "U8"] {
      #expect(try file.tensor(name).elements(as: Int32.self) == [0, 1, 2, 3, 4, 5], "\(name)")
    }
    #expect(try file.tensor("BOOL").elements(as: Int32.self) == [0, 1, 0, 1, 0, 1])
    #expect(try file.tensor("scalar", shape: []).scalar == 2.5)
    #expect(throws: InputError.self) { try file.tensor("F8_E4M3") }
  }

  @Test func writesWhatItReads() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/a.safetensors"
    let matrix = Tensor((0..<15).map { Float($0) / 7 - 1 }, [3, 5])
    let rounded = matrix.converted(to: .bfloat16)
    let tensors = [
      ("matrix \"é\\\n", matrix), ("b16", rounded), ("ids", Tensor([Int32](-2...4))),
      ("empty", Tensor.zeros([0, 4])), ("scalar", Tensor(0.5)), ("view", matrix.rows(1..<3)),
    ]
    try writeSafetensors(tensors, to: path, metadata: ["format": "pt", "note": "\u{1}/ü"])
    let file = try SafetensorsFile(contentsOf: path)
    #expect(file.metadata == ["format": "pt", "note": "\u{1}/ü"])
    for (name, tensor) in tensors {
      let found = try file.tensor(name, shape: tensor.shape)
      if tensor.type == .int32 {
        #expect(found.elements(as: Int32.self) == tensor.elements(as: Int32.self))
      } else {
        #expect(found.elements(as: Float.self) == tensor.floatElements, "\(name)")
      }
    }
    let bytes = try Data(contentsOf: URL(filePath: path))
    let headerLength = bytes.prefix(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    #expect(headerLength % 8 == 0)
    #expect(file.entry(named: "b16")?.type == "BF16")
  }

  @Test func roundsFloatingPointTensorsOnRequest() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/a.safetensors"
    try writeSafetensors(
      [("x", Tensor([1.001, 3] as [Float])), ("ids", Tensor([7] as [Int32]))], to: path,
      as: .bfloat16)
    let file = try SafetensorsFile(contentsOf: path)
    #expect(file.entry(named: "x")?.type == "BF16")
    #expect(file.entry(named: "ids")?.type == "I32")
    #expect(try file.tensor("x").elements(as: Float.self) == [1, 3])
  }

  @Test func namesTheTensorThatIsMissingOrOfAnotherShape() throws {
    let file = try SafetensorsFile(contentsOf: Golden.directory + "types.safetensors")
    let missing = #expect(throws: InputError.self) { try file.tensor("absent") }
    #expect(missing?.expected == "a tensor named absent")
    let shaped = #expect(throws: InputError.self) { try file.tensor("F32", shape: [3, 2]) }
    #expect(shaped?.expected == "F32 of shape [3, 2]")
    #expect(shaped?.found == "[2, 3]")
  }

  @Test func refusesIntegersThatDoNotFit() throws {
    let number = withUnsafeBytes(of: Int64(1) << 40) { Array($0) }
    let header = #"{"x":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#
    let error = #expect(throws: InputError.self) {
      try opened(header, data: number).tensor("x")
    }
    #expect(error?.found == "1099511627776")
  }

  /// Headers over 16 bytes of data.
  @Test(arguments: [
    "", "[]", "null", "\"x\"", "{", "{}}", "{\"a\"}", "{\"a\":1}", "{\"a\":{}}", "{,}",
    // Nothing of the 16 bytes is described.
    "{}",
    // Fields missing, twice, unknown or of another type.
    #"{"a":{"dtype":"F32","shape":[4]}}"#,
    #"{"a":{"dtype":"F32","shape":[4],"shape":[4],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16],"x":0}}"#,
    #"{"a":{"dtype":32,"shape":[4],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":4,"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[4.0],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[[[[4]]]],"data_offsets":[0,16]}}"#,
    #"{"__metadata__":{"a":1},"b":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#,
    // Bytes beyond the file, backwards, or not as many as the shape needs.
    #"{"a":{"dtype":"F32","shape":[5],"data_offsets":[0,20]}}"#,
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0]}}"#,
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,16]}}"#,
    // Sizes whose product overflows, also where a zero hides it.
    #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]},"b":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,18446744073709551632]}}"#,
    // Overlap, gap, duplicate.
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#,
  ])
  func refuses(_ header: String) throws {
    let data = [UInt8](repeating: 0, count: 16)
    #expect(throws: InputError.self) { try opened(header, data: data) }
  }

  @Test func refusesDeepNestingAndManyAxes() throws {
    let nested = String(repeating: "[", count: 1_000_000)
    #expect(throws: InputError.self) { try opened("{\"a\":" + nested, data: []) }
    #expect(throws: InputError.self) {
      try opened("{\"a\":{\"dtype\":\"F32\",\"shape\":" + nested, data: [])
    }
    let axes = String(repeating: "1,", count: 1_000_000)
    #expect(throws: InputError.self) {
      try opened("{\"a\":{\"dtype\":\"F32\",\"shape\":[" + axes, data: [])
    }
  }

  @Test(arguments: [0, 4, 7, 8]) func refusesFilesThatEndInTheHeader(_ count: Int) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/short.safetensors"
    try directory.write([UInt8](repeating: 2, count: count), to: "short.safetensors")
    #expect(throws: InputError.self) { try SafetensorsFile(contentsOf: path) }
  }

  @Test func refusesWhatIsNoFile() throws {
    #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: Golden.directory) }
    #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: "/nonexistent") }
  }

  @Test func readsWhatHasNoBytes() throws {
    let header =
      #"{"e":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}, "x":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}  "#
    let file = try opened(header, data: [1, 2, 3])
    #expect(try file.tensor("e").shape == [0, 3])
    #expect(try file.tensor("x").elements(as: Int32.self) == [1, 2, 3])
  }

  private func opened(_ header: String, data: [UInt8]) throws -> SafetensorsFile {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/a.safetensors"
    var bytes = withUnsafeBytes(of: UInt64(header.utf8.count)) { Array($0) }
    bytes += Array(header.utf8) + data
    try directory.write(bytes, to: "a.safetensors")
    return try SafetensorsFile(contentsOf: path)
  }
}
