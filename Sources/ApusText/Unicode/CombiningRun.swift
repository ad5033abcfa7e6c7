/// Decomposed scalars from a starter to the marks behind it, on their way to canonical order.
struct CombiningRun {
  struct Item {
    var scalar: UInt32
    /// The canonical combining class; 0 for a starter.
    var order: UInt8
    /// What became the scalar, as a range of the input.
    var origin: Range<Int>
  }

  private(set) var items: [Item] = []

  var isEmpty: Bool { items.isEmpty }

  mutating func append(_ scalar: UInt32, order: UInt8, from origin: Range<Int>) {
    items.append(Item(scalar: scalar, order: order, origin: origin))
  }

  mutating func removeAll() { items.removeAll(keepingCapacity: true) }

  /// Puts marks in canonical order; they don't move across starters.
  mutating func sort() {
    var start = 0
    while start < items.count {
      guard items[start].order > 0 else {
        start += 1
        continue
      }
      var end = start + 1
      while end < items.count, items[end].order > 0 { end += 1 }
      sort(start..<end)
      start = end
    }
  }

  private mutating func sort(_ marks: Range<Int>) {
    // Insertion sort: stable, and runs of marks are short. Long ones are sorted as a whole.
    guard marks.count <= 32 else {
      let sorted = items[marks].enumerated().sorted {
        ($0.element.order, $0.offset) < ($1.element.order, $1.offset)
      }
      items.replaceSubrange(marks, with: sorted.map(\.element))
      return
    }
    for index in marks.dropFirst() {
      var place = index
      while place > marks.lowerBound, items[place - 1].order > items[place].order {
        items.swapAt(place, place - 1)
        place -= 1
      }
    }
  }

  /// Joins starters with the marks and jamo behind them, after `sort`.
  ///
  /// - Source: the Canonical Composition Algorithm, The Unicode Standard, §3.11, D117.
  mutating func compose(_ data: NormalizationData) {
    var write = 0
    var starter: Int?
    for item in items {
      if let first = starter {
        // Between the two there's only what did not compose; that blocks if its class is as high.
        let isBlocked = write - 1 > first && items[write - 1].order >= item.order
        if !isBlocked, let whole = data.composition(of: items[first].scalar, item.scalar) {
          items[first].scalar = whole
          let origin = items[first].origin
          let start = min(origin.lowerBound, item.origin.lowerBound)
          items[first].origin = start..<max(origin.upperBound, item.origin.upperBound)
          continue
        }
      }
      if item.order == 0 { starter = write }
      items[write] = item
      write += 1
    }
    items.removeSubrange(write...)
  }
}
