import ApusFiles
import Glibc
import Synchronization

/// Whether the user has asked the program to stop, with Ctrl-C or `kill`.
///
/// The first time lets the step end and a checkpoint be written; the second ends at once.
enum Interruption {
  private static let count = Atomic<Int>(0)

  static var wasAsked: Bool { count.load(ordering: .relaxed) > 0 }

  static func catchSignals() {
    // A parent may have started the program with its signals blocked, as threads of a pool do.
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM] {
      sigaddset(&signals, signal)
      Glibc.signal(signal) { number in
        if Interruption.count.wrappingAdd(1, ordering: .relaxed).oldValue > 0 {
          UnfinishedFiles.unlinkAll()
          _exit(128 + number)
        }
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}
