/// Pairs by count, the highest first; of equal counts the pair with the smaller ids.
///
/// Entries are not updated: whoever takes one compares its count with the present one.
struct PairQueue {
  struct Entry {
    var count: Int64
    var pair: UInt64
    var index: Int32

    @inline(__always)
    static func precedes(_ first: Entry, _ second: Entry) -> Bool {
      first.count != second.count ? first.count > second.count : first.pair < second.pair
    }
  }

  private var entries: [Entry] = []

  mutating func push(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Entry.precedes(entry, entries[parent]) else { break }
      entries[child] = entries[parent]
      child = parent
    }
    entries[child] = entry
  }

  mutating func pop() -> Entry? {
    guard let first = entries.first, let last = entries.popLast() else { return nil }
    guard !entries.isEmpty else { return first }
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, Entry.precedes(entries[child + 1], entries[child]) {
        child += 1
      }
      guard Entry.precedes(entries[child], last) else { break }
      entries[parent] = entries[child]
      parent = child
    }
    entries[parent] = last
    return first
  }
}
