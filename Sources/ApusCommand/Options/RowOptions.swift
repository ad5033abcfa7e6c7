import ArgumentParser

/// Which columns of a table hold the texts of a row and its score or label.
struct RowOptions: ParsableArguments {
  @Option(
    name: .customLong("columns"),
    help: ArgumentHelp(
      """
      The columns in their order, by name or number: anchor,positive,negative or \
      sentence1,sentence2,score or text,label. (default: the customary names)
      """, valueName: "names"))
  var list: String?

  /// The options that were given.
  var given: [(name: String, value: String)] { [("--columns", list)].givenOptions }

  var columns: [String] { list?.split(separator: ",").map(String.init) ?? [] }
}
