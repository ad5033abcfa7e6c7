/// The first few of many elements in some order, kept as they come.
///
/// A heap whose root is the last of those kept: elements behind it, nearly all in the long run, cost
/// one comparison.
struct Leaders<Element> {
  private let limit: Int
  private let precedes: (Element, Element) -> Bool
  private var heap: [Element] = []

  init(_ limit: Int, by precedes: @escaping (Element, Element) -> Bool) {
    self.limit = limit
    self.precedes = precedes
  }

  /// The element that is given up next, once all places are taken.
  var last: Element? { heap.count == limit ? heap.first : nil }

  /// Those kept, in order.
  var sorted: [Element] { heap.sorted(by: precedes) }

  mutating func insert(_ element: Element) {
    if heap.count < limit {
      heap.append(element)
      if heap.count == limit { for parent in (0..<limit / 2).reversed() { sink(parent) } }
    } else if let last = heap.first, precedes(element, last) {
      heap[0] = element
      sink(0)
    }
  }

  private mutating func sink(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && precedes(heap[least], heap[child]) {
        least = child
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
