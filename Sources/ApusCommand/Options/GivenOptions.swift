extension [(String, String?)] {
  /// Names and values of the options that have a value, for whoever shows or compares them.
  var givenOptions: [(name: String, value: String)] {
    compactMap { name, value in value.map { (name, $0) } }
  }
}
