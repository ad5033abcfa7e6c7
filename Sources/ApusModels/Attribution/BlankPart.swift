import ApusTensors

/// What enters an encoder in place of a part of sentences, if nothing is known of their words but how
/// many they are.
public struct BlankPart: Sendable {
  /// [N, C], as many rows as the part has.
  let rows: Tensor
  /// The word that each row is of, counted over all sentences; nil for marks around them, which stay.
  let owners: [Int?]
}
