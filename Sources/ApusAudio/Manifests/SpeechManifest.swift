import ApusFiles

/// Lists of utterances in the forms that speech corpora come in.
public enum SpeechManifest {
  public enum Form: String, Sendable, CaseIterable {
    /// A JSON object a line: `audio_filepath`, `duration`, `text`, `offset`.
    case nemo
    /// Mozilla DeepSpeech's CSV: `wav_filename,wav_filesize,transcript`.
    case mozilla
    /// Common Voice's columns, among them `path` and `sentence`.
    case commonVoice = "common-voice"
    /// A directory with `wav.scp` or `feats.scp`, `text`, and perhaps `segments` and `utt2spk`.
    case kaldi
    /// LJ Speech's `metadata.csv`: id, text and normalised text between bars.
    case ljSpeech = "lj-speech"
    /// A tree of chapters with `*.trans.txt`.
    case libriSpeech = "libri-speech"
    /// Sphinx's `*.fileids` and `*.transcription`.
    case sphinx
    /// A directory of the Free Spoken Digit Dataset: `DIGIT_SPEAKER_INDEX.wav`.
    case spokenDigits = "spoken-digits"
  }

  /// Reads a manifest; paths in it are relative to it.
  ///
  /// - Parameter path: A file or a directory.
  /// - Returns: The utterances in the order of the manifest.
  /// - Throws: `FileError`; `InputError` naming the file and the row, and if the form is none that
  ///   is known.
  public static func read(_ path: String) throws -> [Utterance] {
    let utterances = try read(path, as: form(of: path))
    guard !utterances.isEmpty else {
      throw InputError(file: path, expected: "utterances", found: "none")
    }
    return utterances
  }

  public static func read(_ path: String, as form: Form) throws -> [Utterance] {
    switch form {
    case .nemo: try NeMoManifest.read(path)
    case .mozilla, .commonVoice: try TableManifest.read(path, form)
    case .kaldi: try KaldiManifest.read(path)
    case .ljSpeech: try LJSpeechManifest.read(path)
    case .libriSpeech: try LibriSpeechManifest.read(path)
    case .sphinx: try SphinxManifest.read(path)
    case .spokenDigits: try SpokenDigits.read(path)
    }
  }

  /// The form of a manifest, by the names in a directory or the first line of a file; that of
  /// standard input is NeMo's.
  public static func form(of path: String) throws -> Form {
    // Standard input can be read once.
    if path == "-" { return .nemo }
    let isDirectory = try FileStatus(path).isDirectory
    guard let form = try isDirectory ? form(ofDirectory: path) : form(ofFile: path) else {
      let forms = Form.allCases.map(\.rawValue).joined(separator: ", ")
      throw InputError(
        file: path, expected: "a manifest of one of the forms \(forms)",
        found: isDirectory ? "a directory of other files" : "a file of another form")
    }
    return form
  }

  private static func form(ofDirectory path: String) throws -> Form? {
    let names = try directoryEntries(path)
    if names.contains("wav.scp") || names.contains("feats.scp") { return .kaldi }
    if names.contains("metadata.csv"),
      try form(ofFile: ManifestPath.joined(path, "metadata.csv")) == .ljSpeech
    {
      return .ljSpeech
    }
    if SpokenDigits.holds(names) { return .spokenDigits }
    return try LibriSpeechManifest.holdsTranscripts(below: path) ? .libriSpeech : nil
  }

  private static func form(ofFile path: String) throws -> Form? {
    let name = ManifestPath.name(of: path)
    if name.hasSuffix(".fileids") || name.hasSuffix(".transcription") { return .sphinx }
    if name == "wav.scp" || name == "feats.scp" { return .kaldi }
    if name.hasSuffix(".trans.txt") { return .libriSpeech }
    guard let first = try ManifestLines.first(of: path) else { return nil }
    // Other JSON lines may be a corpus of text, and other tables whatever there is.
    if first.trimmed.hasPrefix("{"),
      ["audio", "features", "image"].contains(where: { first.contains("\"\($0)_filepath\"") })
    {
      return .nemo
    }
    if let form = TableManifest.form(ofHeader: first) { return form }
    return name == "metadata.csv" && first.contains("|") ? .ljSpeech : nil
  }
}
