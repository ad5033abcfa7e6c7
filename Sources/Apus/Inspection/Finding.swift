import ApusAudio

/// Something that a look at a corpus or a model brought up.
public struct Finding: Sendable, Equatable {
  public enum Severity: String, Sendable {
    /// Training or loading would fail, or give nothing of use.
    case failure
    /// It would work, but perhaps not as meant.
    case warning
    /// Good to know.
    case note
  }

  public var severity: Severity
  public var message: String
  /// All that the message counts, of which it shows the first.
  public var examples: [String] = []

  /// What was found among utterances.
  public init(_ problem: SpeechCheckup.Problem) {
    severity = problem.isFailure ? .failure : .warning
    message = problem.message
    examples = problem.examples
  }

  private init(severity: Severity, message: String) {
    (self.severity, self.message) = (severity, message)
  }

  static func failure(_ message: String) -> Finding {
    Finding(severity: .failure, message: message)
  }

  public static func warning(_ message: String) -> Finding {
    Finding(severity: .warning, message: message)
  }

  static func note(_ message: String) -> Finding { Finding(severity: .note, message: message) }
}
