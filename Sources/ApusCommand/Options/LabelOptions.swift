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
}

extension LabelledFormat: ExpressibleByArgument {}
