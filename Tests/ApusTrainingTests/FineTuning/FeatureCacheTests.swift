import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import Foundation
import Testing

@testable import ApusTraining

@Suite struct FeatureCacheTests {
  private let directory: TemporaryDirectory
  private let encoder: any Encoder
  private let weights: [(name: String, value: Tensor)]
  private let examples: [[Int32]]

  init() throws {
    directory = try TemporaryDirectory()
    let tagger = try TunedTagger()
    let loaded = try ModelDirectory.loadEncoder(tagger.network)
    (encoder, weights) = (loaded.encoder, loaded.store.namedValues)
    examples = (0..<9).map { (number: Int) -> [Int32] in
      (0...number % 4).map { (place: Int) -> Int32 in Int32((number * 5 + place * 3) % 20) }
    }
  }

  private var key: FeatureKey {
    var key = FeatureKey()
    key.add(weights)
    for example in examples { key.add(example) }
    return key
  }

  private func cache(
    _ key: FeatureKey, type: ScalarType = .float32, _ calls: inout Int
  ) throws -> FeatureCache {
    var count = 0
    defer { calls += count }
    return try FeatureCache(
      "\(directory.path)/features", key: key, lengths: examples.map(\.count),
      costs: examples.map(\.count), width: 8, type: type, computingAtOnce: 6
    ) { range in
      count += 1
      return encoder(Sequences(ids: Array(examples[range])), .evaluation()).values
    }
  }

  /// The bits of the encoder, in any order, and without it from the second time on.
  @Test func featuresAreComputedOnce() throws {
    var calls = 0
    let cache = try cache(key, &calls)
    #expect(calls == 4)
    let order = [7, 0, 3, 3, 8]
    let found = cache.features(of: order)
    #expect(found.lengths == order.map { examples[$0].count })
    let expected = order.flatMap { example in
      encoder(Sequences(ids: [examples[example]]), .evaluation()).values.floatElements
    }
    let worst = zip(found.values.floatElements, expected).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-5)
    let again = try self.cache(key, &calls)
    #expect(calls == 4)
    #expect(again.features(of: order).values.floatElements == found.values.floatElements)
    let rounded = try self.cache(key, type: .bfloat16, &calls).features(of: [2]).values
    #expect(rounded.type == .bfloat16)
    #expect(
      rounded.floatElements
        == cache.features(of: [2]).values.converted(to: .bfloat16).floatElements)
  }

  /// Another encoder, other examples or a file that was cut short are computed anew.
  @Test func otherKeysAreComputedAnew() throws {
    var calls = 0
    _ = try cache(key, &calls)
    var other = key
    other.add([1])
    _ = try cache(other, &calls)
    #expect(calls == 8)
    _ = try cache(key, &calls)
    #expect(calls == 12)
    let path = "\(directory.path)/features"
    let bytes = try directory.bytes(of: path)
    try Data(bytes.dropLast()).write(to: URL(filePath: path))
    _ = try cache(key, &calls)
    #expect(try calls == 16 && directory.bytes(of: path) == bytes)
  }

  @Test func keysTellAllThatIsAdded() {
    func key(_ change: (inout FeatureKey) -> Void) -> FeatureKey {
      var key = FeatureKey()
      change(&key)
      return key
    }
    let keys = [
      key { _ in }, key { $0.add("a") }, key { $0.add("ab") }, key { $0.add([1, 2]) },
      key {
        $0.add([1])
        $0.add([2])
      },
      key { $0.add([("w", Tensor([1, 2] as [Float]))]) },
      key { $0.add([("w", Tensor([2, 1] as [Float]))]) },
      key { $0.add([("v", Tensor([1, 2] as [Float]))]) },
      key { $0.add([("w", Tensor([1, 2] as [Float], [1, 2]))]) },
    ]
    #expect(Set(keys).count == keys.count)
  }

  /// A computation that fails leaves no file behind.
  @Test func failuresLeaveNothing() throws {
    struct Failure: Error {}
    let path = "\(directory.path)/none"
    #expect(throws: Failure.self) {
      try FeatureCache(path, key: key, lengths: [1], costs: [1], width: 8) { _ in throw Failure() }
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
