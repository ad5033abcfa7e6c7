import ApusTensors

/// Which examples an epoch takes, so that classes of unequal size count alike.
///
/// What an epoch takes is a function of the seed and its number.
public struct ClassSampling: Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Every example once.
    case natural
    /// As many of each class as the largest has: the others' are repeated, all equally often up to one.
    case over
    /// As many of each class as the smallest has, others every epoch.
    case under
    /// As `over`, with as many examples of each class in every batch.
    case balanced
  }

  public let kind: Kind
  private let classes: [[Int]]
  private let count: Int
  private let seed: UInt64

  /// - Parameters:
  ///   - kind: How examples are taken.
  ///   - labels: The class of each example.
  ///   - classCount: The number of classes; one without examples gives none.
  ///   - seed: That of the run.
  public init(_ kind: Kind, labels: [Int], classCount: Int, seed: UInt64) {
    self.kind = kind
    self.seed = seed
    var classes = Array(repeating: [Int](), count: classCount)
    for (example, label) in labels.enumerated() { classes[label].append(example) }
    self.classes = classes.filter { !$0.isEmpty }
    let counts = self.classes.map(\.count)
    count = (kind == .under ? counts.min() : counts.max()) ?? 0
  }

  /// The numbers of an epoch's examples, in no order that means something.
  public func examples(epoch: Int) -> [Int] { classes(epoch: epoch).flatMap { $0 } }

  /// The numbers of an epoch's examples of each class, in random order.
  func classes(epoch: Int) -> [[Int]] {
    guard kind != .natural else { return classes }
    var random = RandomStream(RandomKey(seed: seed, step: epoch, name: "class sampling"))
    return classes.map { members in
      let shuffled = members.shuffled(using: &random)
      return (0..<count).map { shuffled[$0 % shuffled.count] }
    }
  }
}
