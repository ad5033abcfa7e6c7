/// Something odd that was seen in text: how often, and where the first times.
public struct Sightings: Sendable, Equatable {
  /// How many places are kept.
  static let placeCount = 3

  public internal(set) var count = 0
  /// The first places, each row once.
  public private(set) var places: [Corpus.Place] = []

  public init() {}

  mutating func add(_ place: @autoclosure () -> Corpus.Place) {
    count += 1
    guard places.count < Self.placeCount else { return }
    let place = place()
    if place != places.last { places.append(place) }
  }
}
