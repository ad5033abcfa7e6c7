import ApusFiles

/// The forms that transcripts are written in.
public enum TranscriptFormat: String, Sendable, CaseIterable {
  /// A line of words.
  case text
  /// An object a line, with words, times in seconds and confidences.
  case json
  /// SubRip's subtitles.
  case srt
  /// WebVTT's subtitles.
  case vtt
  /// NIST's time-marked conversations: file, channel, start, duration, word and confidence.
  case ctm
  /// A label track of Audacity's: start, end and word, with tabs between them.
  case audacity

  /// What stands before the transcripts of any number of files.
  public var head: String { self == .vtt ? "WEBVTT\n\n" : "" }

  /// A transcript, with the newline behind its last line.
  ///
  /// - Parameters:
  ///   - transcript: What was said.
  ///   - file: The name of the audio.
  ///   - number: The number of the first subtitle, from 1.
  /// - Returns: Its lines in the form.
  public func string(of transcript: Transcript, file: String, from number: Int = 1) -> String {
    switch self {
    case .text: transcript.text + "\n"
    case .json: json(transcript, file)
    case .srt:
      lines(transcript.cues.enumerated()) { index, cue in
        "\(number + index)\n\(range(cue, ","))\n\(cue.text)\n\n"
      }
    case .vtt:
      lines(transcript.cues) { "\(range($0, "."))\n\($0.text.escapedForVTT)\n\n" }
    case .ctm:
      lines(transcript.words) {
        let length = decimal($0.end - $0.start, 2)
        return "\(file.ctmName) 1 \(decimal($0.start, 2)) \(length) \($0.text) "
          + "\(decimal($0.confidence, 2))\n"
      }
    case .audacity:
      lines(transcript.words) { "\(decimal($0.start, 6))\t\(decimal($0.end, 6))\t\($0.text)\n" }
    }
  }

  private func json(_ transcript: Transcript, _ file: String) -> String {
    func rounded(_ value: Double) -> JSONValue { .number((value * 1000).rounded() / 1000) }
    let words = transcript.words.map { word in
      JSONValue.object([
        ("word", .string(word.text)), ("start", rounded(word.start)), ("end", rounded(word.end)),
        ("confidence", rounded(word.confidence)),
      ])
    }
    var members: [(key: String, value: JSONValue)] = [
      ("file", .string(file)), ("duration", rounded(transcript.duration)),
      ("text", .string(transcript.text)), ("words", .array(words)),
    ]
    if !transcript.alternatives.isEmpty {
      let alternatives = transcript.alternatives.map {
        JSONValue.object([("text", .string($0.text)), ("score", rounded($0.score))])
      }
      members.append(("alternatives", .array(alternatives)))
    }
    return JSONValue.object(members).line + "\n"
  }

  private func lines<Items: Sequence>(_ items: Items, _ line: (Items.Element) -> String) -> String {
    items.map(line).joined()
  }

  private func range(_ cue: Transcript.Cue, _ separator: Character) -> String {
    "\(clock(cue.start, separator)) --> \(clock(cue.end, separator))"
  }

  /// Hours, minutes, seconds and milliseconds.
  private func clock(_ seconds: Double, _ separator: Character) -> String {
    let milliseconds = Int((max(0, seconds) * 1000).rounded())
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = "\(value)"
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    return "\(padded(whole / 3600, 2)):\(padded(whole / 60 % 60, 2)):\(padded(whole % 60, 2))"
      + "\(separator)\(padded(rest, 3))"
  }

  /// A number with so many places behind the point.
  private func decimal(_ value: Double, _ places: Int) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let parts = Int((max(0, value) * Double(scale)).rounded())
      .quotientAndRemainder(dividingBy: scale)
    let digits = "\(parts.remainder)"
    return "\(parts.quotient)." + String(repeating: "0", count: places - digits.count) + digits
  }
}

extension String {
  /// Without what would begin a tag or a character reference.
  fileprivate var escapedForVTT: String {
    map { ["&": "&amp;", "<": "&lt;", ">": "&gt;"][$0] ?? String($0) }.joined()
  }

  /// The name of the file without directories, and without blanks, which stand between fields.
  fileprivate var ctmName: String {
    let name = split(separator: "/").last.map(String.init) ?? self
    return String(name.map { $0.isWhitespace ? "_" : $0 })
  }
}
