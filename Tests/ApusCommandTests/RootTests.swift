import Foundation
import Testing

@Suite struct RootTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func helpListsCommandsAndExitCodes() throws {
    let outcome = try Program.run()
    #expect(outcome.status == 0)
    for part in ["EXAMPLES", "EXIT CODES", "tokenizer", "recipes"] {
      #expect(outcome.output.contains(part))
    }
    #expect(try Program.run("--version").output == "0.1.0\n")
  }

  @Test(arguments: [
    ["recipes"], ["prepare"], ["doctor"], ["info"], ["train"], ["tag"], ["sweep"],
    ["adapter"], ["adapter", "merge"], ["tokenizer"],
    ["tokenizer", "train"],
    ["tokenizer", "encode"],
    ["tokenizer", "decode"], ["tokenizer", "inspect"],
  ])
  func eachCommandHasExamples(command: [String]) throws {
    let help = try Program.run("help", command[0], command.count > 1 ? command[1] : "--help").output
    #expect(help.contains("EXAMPLES\n  apus \(command.joined(separator: " "))"), "\(help)")
  }

  /// What is pasted into a shell must not be broken up where a terminal of 80 columns ends.
  @Test func examplesStandOnLinesThatFit() throws {
    let dump = try Program.run("--experimental-dump-help").json()
    func examples(of command: Any?) -> [Substring] {
      guard let command = command as? [String: Any] else { return [] }
      let discussion = command["discussion"] as? String ?? ""
      let own = discussion.split(separator: "\n", omittingEmptySubsequences: false)
        .drop { $0 != "EXAMPLES" }.dropFirst().prefix { $0.hasPrefix("  ") }
      return own + (command["subcommands"] as? [Any] ?? []).flatMap(examples)
    }
    let lines = examples(of: dump["command"])
    #expect(lines.count > 100)
    for line in lines { #expect(line.count <= 78, "\(line)") }
  }

  @Test func unknownCommandIsAUsageError() throws {
    try Program.run("fly").expectUsageError(naming: "'fly'")
    try Program.run("pretrian", "--recipe", "x").expectUsageError(
      naming: "Did you mean 'pretrain'?")
    try Program.run("recipes", "--fly").expectUsageError(naming: "'--fly'")
  }

  @Test func shellsGetCompletions() throws {
    for shell in ["bash", "zsh", "fish"] {
      let outcome = try Program.run("--generate-completion-script", shell)
      #expect(outcome.status == 0 && outcome.output.contains("tokenizer"), "\(shell)")
    }
  }

  @Test func recipesAreListedAndPrinted() throws {
    let list = try Program.run("recipes").lines
    let names = list.compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(names.contains("gpt-char") && names.contains("bert-base"))
    for name in names {
      #expect(try Program.run("recipes", name).output.hasPrefix("name: \(name)\n"))
    }
    let json = try Program.run("recipes", "--json").json()
    let recipes = try #require(json["recipes"] as? [[String: Any]])
    #expect(recipes.compactMap { $0["name"] as? String } == names)
  }

  @Test func unknownRecipeNamesTheNearest() throws {
    try Program.run("recipes", "gpt-chr").expectFailure(65, naming: "gpt-char?", "\"gpt-chr\"")
  }

  @Test func fullDiskOnStandardOutputIsReported() throws {
    let outcome = try Program.shell("\"$apus\" recipes > /dev/full", in: directory.path)
    outcome.expectFailure(74, naming: "standard output", "No space left")
  }

  @Test func readerThatLeavesEndsTheProgramQuietly() throws {
    let text = try directory.write(
      String(repeating: Samples.text, count: 100), to: "long.txt")
    let tokenizer = try directory.tokenizer("bpe")
    let outcome = try Program.shell(
      "\"$apus\" tokenizer encode '\(tokenizer)' --input '\(text)' --json | head -n 1",
      in: directory.path)
    #expect(outcome.status == 0 && outcome.lines.count == 1 && outcome.error.isEmpty)
  }
}
