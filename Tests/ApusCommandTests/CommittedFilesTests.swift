import Foundation
import Testing

/// The files of `vocab` and `corpora` are what their READMEs say made them.
@Suite struct CommittedFilesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  @Test(arguments: [
    ("bpe", 4096), ("wordpiece", 4096), ("unigram", 4096), ("word", 4096), ("character", 256),
  ])
  func vocabularyIsTrainedOnTheCorpus(kind: String, size: Int) throws {
    let directory = try TemporaryDirectory()
    let outcome = try Program.run(
      "tokenizer", "train", "--kind", kind, "--vocabulary-size", "\(size)", "--output",
      directory["\(kind).json"], "corpora/stories.txt", in: Self.root)
    #expect(outcome.status == 0, "\(outcome)")
    let committed = try String(
      contentsOfFile: "\(Self.root)/vocab/\(kind).json", encoding: .utf8)
    #expect(try directory.text(of: "\(kind).json") == committed)
  }

  @Test func corpusIsWhatItsGeneratorWrites() throws {
    let outcome = try Program.run(
      executable: "corpus", "--check", "\(Self.root)/corpora/stories.txt", "--seed", "1")
    #expect(outcome.status == 0, "\(outcome)")
  }

  @Test func tasksAreWhatTheirGeneratorWrites() throws {
    let directory = try TemporaryDirectory()
    let outcome = try Program.run(executable: "task-corpus", directory["tasks"])
    #expect(outcome.status == 0, "\(outcome)")
    for name in ["feelings", "meanings"] {
      for part in ["train", "dev", "test"] {
        let file = "\(name).\(part).\(name == "feelings" ? "tsv" : "csv")"
        let committed = try String(
          contentsOfFile: "\(Self.root)/corpora/tasks/\(file)", encoding: .utf8)
        #expect(try directory.text(of: "tasks/\(file)") == committed, "\(file)")
      }
    }
  }
}
