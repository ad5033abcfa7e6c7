import ApusFiles
import ApusText

extension Corpus.Report {
  /// What was read and what was odd about it, on one line.
  var summary: String {
    let read =
      "\(Quantities.count(documents, "document")), \(Quantities.bytes(bytes)) in "
      + Quantities.count(files, "file")
    let oddities = [
      (replacements, "ill-formed part replaced", "ill-formed parts replaced"),
      (nulBytes, "NUL byte", "NUL bytes"),
      (emptyDocuments, "empty document skipped", "empty documents skipped"),
      (cutDocuments, "overlong document cut", "overlong documents cut"),
    ].filter { $0.0 > 0 }.map { "\(Quantities.count($0.0)) \($0.0 == 1 ? $0.1 : $0.2)" }
    let binary = binaryFiles.isEmpty ? "" : "; no text: \(shortList(binaryFiles, atMost: 3))"
    return (oddities.isEmpty ? read : "\(read) (\(oddities.joined(separator: ", ")))") + binary
  }

  var json: JSONValue {
    .object([
      ("files", .integer(files)),
      ("binary_files", .array(binaryFiles.map { .string($0) })), ("documents", .integer(documents)),
      ("bytes", .integer(bytes)),
      ("replacements", .integer(replacements)), ("nul_bytes", .integer(nulBytes)),
      ("empty_documents", .integer(emptyDocuments)), ("cut_documents", .integer(cutDocuments)),
      ("longest_document_bytes", .integer(longest)),
    ])
  }
}
