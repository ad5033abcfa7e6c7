import Foundation
import Testing

/// The program `apus` as this build of the package made it, run as a process.
struct Program {
  /// What a run gave.
  struct Outcome {
    var status: Int32
    /// The signal that ended the program; 0 if it ended by itself.
    var signal: Int32
    var output: String
    var error: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The output as JSON.
    func json() throws -> [String: Any] {
      try #require(
        JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "\(output)")
    }

    /// Expects that the program refused its input: one line on standard error that names `part`, an
    /// exit code, and nothing on standard output.
    func expectFailure(
      _ code: Int32, naming parts: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(signal == 0 && status == code, "\(self)", sourceLocation: sourceLocation)
      #expect(output.isEmpty, "\(self)", sourceLocation: sourceLocation)
      #expect(
        error.hasPrefix("Error: ") && error.hasSuffix("\n") && error.count(where: \.isNewline) == 1,
        "\(self)", sourceLocation: sourceLocation)
      for part in parts {
        #expect(error.contains(part), "\(self)", sourceLocation: sourceLocation)
      }
    }

    /// Expects that the command line was refused, with the way to use the command.
    func expectUsageError(
      naming part: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(status == 64 && output.isEmpty, "\(self)", sourceLocation: sourceLocation)
      #expect(
        error.contains(part) && error.contains("Usage: apus"), "\(self)",
        sourceLocation: sourceLocation)
    }
  }

  /// The products of a build stand beside its test bundle.
  private static let build = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()
  private static let program = build.appending(path: "apus")
  /// Threads that wait without spinning: several programs run at once, on few cores.
  private static let environment = ProcessInfo.processInfo.environment.merging(
    ["OMP_WAIT_POLICY": "passive"]) { $1 }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - arguments: Those behind the program's name.
  ///   - input: What it finds on standard input.
  ///   - directory: Its working directory.
  /// - Returns: What it wrote and how it ended.
  /// - Throws: Where it can't be run at all.
  static func run(
    _ arguments: String..., input: String = "", in directory: String? = nil
  ) throws -> Outcome {
    try run(arguments, input: input, in: directory)
  }

  static func run(
    _ arguments: [String], input: String = "", in directory: String? = nil
  ) throws -> Outcome {
    try run(program, arguments, input: Data(input.utf8), in: directory)
  }

  /// Runs another program of the package.
  static func run(executable name: String, _ arguments: String...) throws -> Outcome {
    try run(build.appending(path: name), arguments, input: Data(), in: nil)
  }

  /// Starts the program, with nothing on standard input and its output thrown away.
  static func start(_ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Runs the program with a line of the shell, which knows it as `$apus`.
  static func shell(_ line: String, in directory: String) throws -> Outcome {
    try run(
      URL(filePath: "/bin/sh"),
      ["-c", "apus='\(program.path)'\n\(line)"], input: Data(),
      in: directory)
  }

  private static func run(
    _ executable: URL, _ arguments: [String], input: Data, in directory: String?
  ) throws -> Outcome {
    // Files in place of pipes: nothing waits for a reader.
    let files = try TemporaryDirectory()
    let paths = ["in", "out", "err"].map { URL(filePath: "\(files.path)/\($0)") }
    try input.write(to: paths[0])
    try Data().write(to: paths[1])
    try Data().write(to: paths[2])
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = directory.map { URL(filePath: $0) }
    process.standardInput = try FileHandle(forReadingFrom: paths[0])
    process.standardOutput = try FileHandle(forWritingTo: paths[1])
    process.standardError = try FileHandle(forWritingTo: paths[2])
    try process.run()
    process.waitUntilExit()
    let isSignalled = process.terminationReason == .uncaughtSignal
    return Outcome(
      status: isSignalled ? 0 : process.terminationStatus,
      signal: isSignalled ? process.terminationStatus : 0,
      output: String(decoding: try Data(contentsOf: paths[1]), as: UTF8.self),
      error: String(decoding: try Data(contentsOf: paths[2]), as: UTF8.self))
  }
}
