import Foundation

let usage = """
  usage: task-corpus DIRECTORY

  Writes labelled sentences and pairs of sentences to DIRECTORY, always the same.
  """

guard CommandLine.arguments.count == 2, CommandLine.arguments[1] != "--help" else {
  print(usage)
  exit(CommandLine.arguments.count == 2 ? 0 : 64)
}

/// Lines of distinct sentences.
func lines(_ count: Int, header: String, _ draw: () -> String) -> [String] {
  var seen: Set<String> = []
  while seen.count < count { seen.insert(draw()) }
  return [header] + seen.sorted()
}

/// Shares rows out: every tenth to validation, the one behind it to the test.
func write(_ rows: [String], to directory: String, as name: String, _ ending: String) throws {
  for (part, isIn) in [
    ("train", { $0 > 1 }), ("dev", { $0 == 0 }), ("test", { $0 == 1 }),
  ] as [(String, (Int) -> Bool)] {
    let kept = rows.dropFirst().enumerated().filter { isIn($0.offset % 10) }.map(\.element)
    let text = ([rows[0]] + kept).joined(separator: "\n") + "\n"
    try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name).\(part).\(ending)"))
  }
}

do {
  let directory = CommandLine.arguments[1]
  try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  var draws = Draws(seed: 1)
  let feelings = lines(1500, header: "sentence\tlabel") {
    let (sentence, label) = Feelings.draw(&draws)
    return "\(sentence)\t\(label)"
  }
  try write(feelings, to: directory, as: "feelings", "tsv")
  let meanings = lines(2000, header: "first,second,same") {
    let (first, second, isSame) = Meanings.draw(&draws)
    let fields = [first, second].map { $0.contains(",") ? "\"\($0)\"" : $0 }
    return "\(fields[0]),\(fields[1]),\(isSame ? "yes" : "no")"
  }
  try write(meanings, to: directory, as: "meanings", "csv")
} catch {
  FileHandle.standardError.write(Data("task-corpus: \(error)\n".utf8))
  exit(1)
}
