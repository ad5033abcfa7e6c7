import ApusText
import ArgumentParser

/// How lines tell a text and its label.
struct LabelOptions: ParsableArguments {
  @Option(
    name: .customLong("format"),
    help: """
      How lines hold labels and texts: automatic, words, tabs, json, coarse or fine (of \
      COARSE:fine), trees, binary-trees, paired (a directory with seq.in and label), or directories \
      (one for each label, a file for each text).
      """)
  var format = LabelledFormat.automatic

  @Option(
    help: "The column of texts in a table, by name or number. (default: text, sentence, review …)")
  var textColumn: String?

  @Option(help: "The column of labels. (default: label, class, sentiment …)")
  var labelColumn: String?

  @Option(
    help:
      "The encoding of labelled lines: utf8, latin1, or repaired, UTF-8 with what is not replaced.")
  var encoding = TextEncoding.repaired

  var layout: LabelledLayout {
    LabelledLayout(
      format: format, textColumn: textColumn, labelColumn: labelColumn, encoding: encoding)
  }

  /// The options that were given.
  var given: [(name: String, value: String)] {
    [
      ("--format", format == .automatic ? nil : format.rawValue), ("--text-column", textColumn),
      ("--label-column", labelColumn),
      ("--encoding", encoding == .repaired ? nil : encoding.rawValue),
    ].givenOptions
  }
}

extension LabelledFormat: ExpressibleByArgument {}
