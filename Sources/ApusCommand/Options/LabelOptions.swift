import ApusText
import ArgumentParser

/// How lines tell a text and its label.
struct LabelOptions: ParsableArguments {
  @Option(
    name: .customLong("format"),
    help: """
      How lines hold labels and texts: automatic, words, tabs, json, coarse or fine (of \
      COARSE:fine), trees, binary-trees, or paired (a directory with seq.in and label).
      """)
  var format = LabelledFormat.automatic
}

extension LabelledFormat: ExpressibleByArgument {}
