import Testing

@testable import ApusCommand

@Suite struct BenchTests {
  @Test func everyWorkloadThatRunsInAPrecisionIsMeasured() {
    let names = Workloads.named("all", in: .int8).map(\.name)
    #expect(names.contains("generate") && names.contains("embed") && names.contains("bpe-train"))
    #expect(!names.contains("gpt-char") && !names.contains("lstm-lm-small"))
    #expect(Workloads.named("all", in: .bf16).map(\.name) == Workloads.names)
    #expect(Workloads.named("gpt-char", in: .fp32).map(\.name) == ["gpt-char"])
  }

  @Test func objectsHaveTheSameKeysWhateverIsMeasured() throws {
    for (name, precision) in [("gpt-char", "fp32"), ("wordpiece-encode", nil)] {
      let result = try Program.run(
        ["bench", name, "--seconds", "0.1", "--threads", "1", "--json"]
          + (precision.map { ["--precision", $0] } ?? [])
      ).json()
      #expect(result["name"] as? String == name && result["threads"] as? Int == 1)
      #expect(result["precision"] as? String == precision && result["precision"] != nil)
      for key in ["items_per_second", "milliseconds", "peak_memory_mb"] {
        #expect(result[key] as? Double ?? 0 > 0, "\(name): \(key)")
      }
      for key in ["gflops", "peak_gflops"] {
        #expect(result[key] != nil && (result[key] is Double) == (precision != nil), "\(name)")
      }
    }
  }

  @Test func refusesWhatAWorkloadDoesNotTake() throws {
    for (arguments, named) in [
      (["generate", "--model", "minilm"], "--model"),
      (["embed", "--tokenizer", "a"], "--tokenizer"),
      (["bpe-train", "--tokenizer", "a"], "--tokenizer"), (["gpt-char", "--text", "a"], "--text"),
      (["gpt-char", "--precision", "int8"], "int8"), (["gpt-char", "--threads", "0"], "--threads"),
      (["bert-huge"], "gpt-char"), (["natural-conll"], "--data"),
      (["natural-multi30k", "--data", "a"], "--data"),
    ] {
      try Program.run(["bench"] + arguments).expectUsageError(naming: named)
    }
  }
}
