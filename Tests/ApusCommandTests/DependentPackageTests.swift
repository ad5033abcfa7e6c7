import Foundation
import Testing

/// Another package can depend on this one: no unsafe flags, nothing needed beside the library.
@Suite struct DependentPackageTests {
  private static let checkout = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test(.timeLimit(.minutes(10))) func libraryIsBuiltAndUsedByAnotherPackage() throws {
    let directory = try TemporaryDirectory()
    _ = try directory.write(Self.manifest, to: "Package.swift")
    _ = try directory.write(Self.program, to: "Sources/dependent/main.swift")
    let text = try directory.write(Samples.text, to: "text.txt")
    // The versions that this package was built with are in SwiftPM's cache: no network is needed.
    try FileManager.default.copyItem(
      at: Self.checkout.appending(path: "Package.resolved"),
      to: URL(filePath: directory["Package.resolved"]))
    // Optimizing would double the minute that this takes, and shows nothing more.
    let outcome = try Program.shell(
      "swift run -c release -Xswiftc -Onone --quiet dependent '\(text)' 2> log || cat log",
      in: directory.path)
    #expect(
      outcome.output == "The Ġfox\nnowhere/config.json: can't open: No such file or directory\n",
      "\(outcome)")
  }

  private static let manifest = """
    // swift-tools-version: 6.0
    import PackageDescription

    let package = Package(
      name: "dependent",
      dependencies: [.package(path: "\(checkout.path)")],
      targets: [
        .executableTarget(
          name: "dependent",
          dependencies: [
            .product(name: "Apus", package: "\(checkout.lastPathComponent)"),
            .product(name: "ApusText", package: "\(checkout.lastPathComponent)"),
          ])
      ])
    """

  private static let program = """
    import Apus
    import ApusText

    let corpus = try Corpus([CommandLine.arguments[1]])
    let trainer = TokenizerTrainer(.bpe, vocabularySize: 300)
    let tokenizer = try trainer.train(on: corpus).tokenizer
    print(tokenizer.encode("The fox").ids.compactMap(tokenizer.token).joined(separator: " "))
    do {
      _ = try TextGenerator("nowhere")
    } catch {
      print(error)
    }
    """
}
