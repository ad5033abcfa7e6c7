import ApusFiles
import ApusText

/// A look at token shards: lengths, checksums, every token, and the tokenizer beside them.
public struct ShardCheckup: Sendable {
  public private(set) var findings: [Finding] = []

  /// Reads all tokens.
  ///
  /// - Throws: `FileError` if a file can't be read. What is wrong with its contents is a finding.
  public init(of path: String, tokenizer: Tokenizer? = nil) throws {
    for place in ShardSummary.places(of: path) {
      do {
        let shards = try TokenShards(place)
        try shards.verify()
        if let tokenizer = try tokenizer ?? ShardSummary.tokenizer(beside: place),
          tokenizer.fingerprint != shards.fingerprint
        {
          findings.append(.failure("\(place): expected the shards of the tokenizer, got others"))
        }
      } catch let error as InputError {
        findings.append(.failure("\(error)"))
      }
    }
  }
}
