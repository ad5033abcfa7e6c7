extension Array where Element: Comparable {
  /// The place of the greatest element, the first of equal ones; 0 for none.
  public var firstGreatest: Int {
    indices.dropFirst().reduce(0) { self[$1] > self[$0] ? $1 : $0 }
  }
}
