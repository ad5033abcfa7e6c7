/// The text of the corpus: documents divided by blank lines, paragraphs by line ends.
enum Corpus {
  /// Writes documents until the text has at least `bytes` bytes.
  ///
  /// Each document draws from a stream of its own, numbered in order, so that a change in one
  /// kind of document leaves the choices of the others alone.
  static func text(seed: UInt64, bytes: Int) -> String {
    var writer = Writer(Document.grammar)
    var text = ""
    var stream: UInt64 = 0
    while text.utf8.count < bytes {
      if stream > 0 { text += "\n" }
      var random = Random(seed: seed, stream: stream)
      let document = random.pick(Document.ballot)
      let scene = document.cast(&random)
      text += Prose.finished(writer.document(document.rule, scene, random)) + "\n"
      stream += 1
    }
    return text
  }
}
