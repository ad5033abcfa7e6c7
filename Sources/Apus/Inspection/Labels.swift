import ApusFiles

extension [String] {
  /// The number of a label among all.
  ///
  /// - Throws: `InputError` that lists them.
  func number(of label: String) throws(InputError) -> Int {
    guard let number = firstIndex(of: label) else {
      throw InputError(
        expected: "one of the labels \(shortList(self, atMost: 20))", found: "\"\(label)\"")
    }
    return number
  }
}
