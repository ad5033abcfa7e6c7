import ApusFiles
import ApusTraining
import ArgumentParser
import Glibc

/// How the program ends after an error: one line on standard error and an exit code of sysexits.h.
struct Failure {
  private let error: any Error

  init(_ error: any Error) { self.error = error }

  func exit() -> Never {
    // Help and usage errors have the texts and exit codes of the argument parser.
    guard let code else { Root.exit(withError: error) }
    // What was printed before the error stands before it where both streams end in one file.
    fflush(nil)
    let line = Array("Error: \(Self.onOneLine("\(error)"))\n".utf8)
    write(STDERR_FILENO, line, line.count)
    Glibc.exit(code)
  }

  private var code: Int32? {
    switch error {
    case is InputError, is NonFiniteLossError: EX_DATAERR
    case let error as FileError:
      error.operation != "create" && [ENOENT, ENOTDIR].contains(error.code)
        ? EX_NOINPUT : EX_IOERR
    default: Root.exitCode(for: error) == .failure ? EX_SOFTWARE : nil
    }
  }

  /// Text from files may hold line breaks and what terminals take for commands.
  private static func onOneLine(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { line, scalar in
      line +=
        scalar.properties.generalCategory == .control
        ? scalar.escaped(asASCII: true) : String(scalar)
    }
  }
}
