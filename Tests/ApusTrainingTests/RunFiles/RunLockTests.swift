import ApusFiles
import ApusTraining
import Foundation
import Testing

@Suite struct RunLockTests {
  @Test func aSecondRunIsRefusedByTheFirstOnesNumber() throws {
    let directory = try TemporaryDirectory()
    let lock = try RunLock(directory: directory.path)
    let error = #expect(throws: InputError.self) { try RunLock(directory: directory.path) }
    #expect(error?.file == directory.path)
    #expect(error?.found == "one in use by process \(getpid())")
    withExtendedLifetime(lock) {}
  }

  @Test func isFreeAgainAfterItsHolder() throws {
    let directory = try TemporaryDirectory()
    for _ in 0..<3 { _ = try RunLock(directory: directory.path) }
  }

  @Test func theKernelFreesTheLockOfAKilledProcess() throws {
    let directory = try TemporaryDirectory()
    let holder = Process()
    holder.executableURL = URL(fileURLWithPath: "/bin/sh")
    holder.arguments = [
      "-c", "exec 9>run.lock && flock 9 && echo $$ >&9 && echo locked && exec sleep 60",
    ]
    holder.currentDirectoryURL = URL(fileURLWithPath: directory.path)
    let output = Pipe()
    holder.standardOutput = output
    try holder.run()
    #expect(!output.fileHandleForReading.availableData.isEmpty)
    let error = #expect(throws: InputError.self) { try RunLock(directory: directory.path) }
    #expect(error?.found == "one in use by process \(holder.processIdentifier)")
    kill(holder.processIdentifier, SIGKILL)
    holder.waitUntilExit()
    _ = try RunLock(directory: directory.path)
  }

  @Test func aMissingDirectoryIsNamed() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: FileError.self) { try RunLock(directory: directory.path + "/none") }
  }
}
