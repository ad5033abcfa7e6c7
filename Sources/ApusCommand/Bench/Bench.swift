import ApusFiles
import ApusLayers
import ApusTensors
import ArgumentParser
import Foundation

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure speed on fixed work.",
    discussion: """
      Each workload checks its result before it is timed, and prints the median time beside the \
      limit of the machine measured in the same run.

      WORKLOADS
        \(Workloads.names.joined(separator: ", "))

      EXAMPLES
        apus bench gpt-char
        apus bench bert-base --precision bf16 --threads 2 --json
        apus bench embed --model all-MiniLM-L6-v2
        apus bench natural-conll --data eng.train.gz
        apus bench wordpiece-encode --threads 1 --text book.txt \\
          --tokenizer models/minilm
      """)

  @Argument(
    help: "The workload, or all that run in the precision on what is given.",
    completion: .list(Workloads.names + ["all"]))
  var name: String

  @Option(
    help: "The type of the operands of matrix products: fp32, bf16, or int8 without training.")
  var precision = Mode.Precision.fp32

  @OptionGroup var threads: ThreadOption

  @Option(help: "How long each workload is timed, in seconds.")
  var seconds = 10.0

  @Option(help: "Text for tokenizers, of which 8 MB are taken; made up if it is left out.")
  var text: String?

  @Option(help: "The tokenizer that encodes; trained on the text if it is left out.")
  var tokenizer: String?

  @Option(help: "The model directory that embeds; made-up weights if it is left out.")
  var model: String?

  @Option(help: "Tagged sentences of natural lengths.")
  var data: String?

  @Option(help: "Lines of words of natural lengths, to be translated.")
  var source: String?

  @Option(help: "Their translations.")
  var target: String?

  @Flag(help: "Print a JSON object a workload.")
  var json = false

  func validate() throws {
    guard seconds > 0, seconds < 86_400 else {
      throw ValidationError("--seconds must be above 0 and below a day, got \(seconds).")
    }
    guard name == "all" || Workloads.names.contains(name) else {
      let names = Workloads.names.joined(separator: ", ")
      throw ValidationError("expected all or one of \(names), got \(name).")
    }
    let workloads = Workloads.named(name, in: precision)
    guard !workloads.isEmpty else {
      throw ValidationError("\(name) trains, which has no \(precision.rawValue).")
    }
    for input in given where !workloads.contains(where: { $0.inputs.contains(input) }) {
      throw ValidationError("--\(input.rawValue) has no meaning for \(name).")
    }
    if name != "all", let missing = workloads[0].needs.subtracting(given).first {
      throw ValidationError("\(name) needs --\(missing.rawValue).")
    }
  }

  /// What of the user's is given.
  private var given: Set<BenchInput> {
    let values = [
      (BenchInput.text, text), (.tokenizer, tokenizer), (.model, model), (.data, data),
      (.source, source), (.target, target),
    ]
    return Set(values.filter { $0.1 != nil }.map(\.0))
  }

  func run() throws {
    Processor.threadCount = threads.count
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 or int8 on a processor without AVX-512", found: "bf16")
    }
    let settings = BenchSettings(
      precision: precision, seconds: seconds, text: text, tokenizer: tokenizer, model: model,
      data: data, source: source, target: target)
    for workload in Workloads.named(name, in: precision) where workload.needs.isSubset(of: given) {
      let result = try workload.measure(settings)
      print(try json ? result.json : result.text)
      fflush(nil)
    }
  }
}

extension Mode.Precision: ExpressibleByArgument {}
