/// The command that the program was called with, as a shell takes it.
enum CommandText {
  static var current: String {
    (["apus"] + CommandLine.arguments.dropFirst().map(quoted)).joined(separator: " ")
  }

  private static func quoted(_ argument: String) -> String {
    let isPlain = argument.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0)
        || "-_=./:,+@%".unicodeScalars.contains($0)
    }
    return isPlain && !argument.isEmpty
      ? argument : "'\(argument.replacing("'", with: "'\\''"))'"
  }
}
