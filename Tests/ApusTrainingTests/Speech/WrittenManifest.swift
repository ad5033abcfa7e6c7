import ApusFiles

/// Writes a manifest of files beside it with what stands in them.
///
/// - Returns: The path of the manifest.
func writeManifest(
  _ rows: [(file: String, text: String)], key: String, to path: String
) throws -> String {
  let lines = rows.map { row in
    JSONValue.object([(key, .string(row.file)), ("text", .string(row.text))]).line + "\n"
  }
  try writeAtomically(lines.joined(), to: path)
  return path
}
