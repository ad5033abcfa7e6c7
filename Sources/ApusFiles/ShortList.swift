/// Names with commas between them for a message: the first ones, and how many there are if those are
/// not all.
public func shortList(_ names: [String], atMost count: Int = 10) -> String {
  let first = names.prefix(count).joined(separator: ", ")
  return names.count <= count ? first : "\(first), … (\(names.count) in all)"
}
