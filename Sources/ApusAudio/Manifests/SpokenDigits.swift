import ApusFiles

/// The Free Spoken Digit Dataset, whose file names say what is spoken: `7_jackson_32.wav`.
enum SpokenDigits {
  private static let words = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
  ]

  /// Whether a directory's audio files all have such names.
  static func holds(_ names: [String]) -> Bool {
    let files = names.filter { $0.hasSuffix(".wav") }
    return !files.isEmpty && files.allSatisfy { parts(of: $0) != nil }
  }

  static func read(_ path: String) throws -> [Utterance] {
    try directoryEntries(path).filter { $0.hasSuffix(".wav") }.map { name in
      guard let (digit, speaker) = parts(of: name) else {
        throw InputError(
          file: path, expected: "names such as 7_jackson_32.wav", found: name)
      }
      return Utterance(
        id: ManifestPath.stem(of: name), source: .audio(ManifestPath.joined(path, name)),
        text: words[digit], speaker: speaker)
    }
  }

  private static func parts(of name: String) -> (digit: Int, speaker: String)? {
    let parts = ManifestPath.stem(of: name).split(separator: "_")
    guard parts.count == 3, parts[0].count == 1, let digit = Int(parts[0]), 0...9 ~= digit,
      Int(parts[2]) != nil
    else { return nil }
    return (digit, String(parts[1]))
  }
}
