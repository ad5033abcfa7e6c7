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
    let generator = try directory.model()
    let embedder = Self.checkout.appending(path: "Tests/ApusTests/Golden/sentences/model").path
    // Optimizing would double the minute that this takes, and shows nothing more.
    let outcome = try Program.shell(
      """
      swift run -c release -Xswiftc -Onone --quiet dependent '\(text)' '\(embedder)' \
      '\(generator)' 2> log || cat log
      """, in: directory.path)
    #expect(
      outcome.output == """
        The Ġfox
        2 vectors of 10 numbers, from 6 and 6 tokens
        ended: true
        found: 1
        streamed: true
        nowhere/config.json: can't open: No such file or directory

        """, "\(outcome)")
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
            .product(name: "Apus", package: "\(checkout.lastPathComponent)")
          ])
      ])
    """

  private static let program = """
    import Apus

    let arguments = CommandLine.arguments
    let corpus = try Corpus([arguments[1]])
    let trainer = TokenizerTrainer(.bpe, vocabularySize: 300)
    let tokenizer = try trainer.train(on: corpus).tokenizer
    print(tokenizer.encode("The fox").ids.compactMap(tokenizer.token).joined(separator: " "))

    let embedder = try TextEmbedder(arguments[2])
    let texts = ["the fox", "a dog"]
    let vectors = embedder.embed(texts)
    let counts = texts.map { "\\(embedder.tokenizer.encode($0).ids.count)" }
    print(
      "\\(vectors.count) vectors of \\(vectors[0].count) numbers,",
      "from \\(counts.joined(separator: " and ")) tokens")

    let generator = try TextGenerator(arguments[3], precision: Mode.Precision.fp32)
    var pieces = ""
    for try await piece in generator.stream("The fox", .init(tokenCount: 5)) { pieces += piece }
    let drawn = TextGenerator.Options(
      tokenCount: 5, sampling: try Sampling(topK: 5), penalties: try Penalties(repetition: 1.1))
    let endings = Set([try generator.generate(["The fox"], drawn)[0].ending])
    print("ended:", endings.isSubset(of: [ContinuationEnding.length, .endOfText]))
    let found = try generator.search(["The fox"], BeamOptions(width: 2, tokenCount: 3))
    print("found:", found[0].count)
    print("streamed:", try pieces == generator.generate("The fox", .init(tokenCount: 5)))

    do {
      _ = try TextGenerator("nowhere")
    } catch {
      print(error)
    }
    """
}
