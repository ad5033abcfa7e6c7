import ApusFiles

/// Texts in files of their own, in a directory for each label.
///
/// A file that is not UTF-8 is read as Latin-1, in which every byte is a character: older collections
/// mix both. Hidden files are passed over.
///
/// - Source: the layout of scikit-learn's `load_files`.
public enum TextDirectories {
  /// The texts of all labels with their files, both in the order of their names' bytes.
  ///
  /// - Throws: `FileError`; `InputError` naming a file beside the directories, a directory inside one, or
  ///   a file without words.
  static func texts(_ path: String) throws -> [(text: LabelledText, file: String)] {
    let root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let texts = try directoryEntries(root).flatMap { label in
      let directory = "\(root)/\(label)"
      guard FileStatus.isDirectory(directory) else {
        throw InputError(
          file: directory, expected: "a directory of texts, named as their label", found: "a file")
      }
      return try directoryEntries(directory).map { name in
        let file = "\(directory)/\(name)"
        return (LabelledText(label: label, text: try text(of: file)), file)
      }
    }
    guard !texts.isEmpty else {
      throw InputError(file: root, expected: "labelled texts", found: "none")
    }
    return texts
  }

  private static func text(of path: String) throws -> String {
    guard !FileStatus.isDirectory(path) else {
      throw InputError(file: path, expected: "a file with a text", found: "a directory")
    }
    let file = try MappedFile(path)
    let text = withExtendedLifetime(file) {
      String(validating: file.bytes, as: UTF8.self)
        ?? String(String.UnicodeScalarView(file.bytes.map { Unicode.Scalar($0) }))
    }
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw InputError(file: path, expected: "a text", found: "no words")
    }
    return text
  }
}
