import ApusFiles
import ApusText
import Foundation

extension TokenStatistics {
  var bytesPerToken: Double { tokens > 0 ? Double(bytes) / Double(tokens) : 0 }

  var summary: String {
    let rate = String(format: "%.2f", bytesPerToken)
    return "\(rate) bytes per token, \(Quantities.percent(unknownTokens, of: tokens)) unknown, "
      + "in \(Quantities.count(tokens, "token"))"
  }

  var json: JSONValue {
    .object([
      ("documents", .integer(lengths.documents)), ("bytes", .integer(bytes)),
      ("tokens", .integer(tokens)), ("unknown_tokens", .integer(unknownTokens)),
      ("bytes_per_token", .number(bytesPerToken)),
      ("longest_document_tokens", .integer(lengths.longest)),
    ])
  }
}
