import ApusFiles

/// What the documents of a corpus are.
public struct DocumentStatistics: Sendable, Equatable {
  /// What reading reported.
  public var report = Corpus.Report()
  /// The lengths of documents in bytes.
  public var lengths = LengthHistogram()
  /// Where the longest document begins.
  public var longest: Corpus.Place?
  /// Documents that are the same as one before; their number is an estimate in corpora of more than
  /// two million different documents.
  public var repeats = Sightings()
  public var repeatsAreExact = true

  /// Reads a corpus.
  ///
  /// - Throws: What reading throws.
  public init(of corpus: Corpus) throws {
    var counter = RepeatCounter()
    var places = Sightings()
    report = try corpus.forEachDocument { text, place in
      if text.count > lengths.longest { longest = place }
      lengths.add(text.count)
      if counter.add(text) { places.add(place) }
    }
    repeats = places
    repeats.count = counter.repeatCount
    repeatsAreExact = counter.isExact
  }
}
