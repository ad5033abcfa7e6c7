import Glibc

let usage = """
  usage: corpus [--seed N] [--bytes N] (--output FILE | --check FILE)

    --seed N       the seed of all choices (default 1)
    --bytes N      the least size of the text (default 2800000)
    --output FILE  writes the text to FILE and prints its counts
    --check FILE   generates the text again, compares it with FILE byte for byte and prints
                   its counts; exit status 1 if they differ
  """

func fail(_ message: String, status: Int32 = 1) -> Never {
  let line = Array("corpus: \(message)\n".utf8)
  _ = Glibc.write(STDERR_FILENO, line, line.count)
  exit(status)
}

struct Options {
  var seed: UInt64 = 1
  var bytes = 2_800_000
  var output: String?
  var check: String?

  init(_ arguments: [String]) {
    var rest = arguments[...]
    while let flag = rest.popFirst() {
      if flag == "--help" {
        print(usage)
        exit(0)
      }
      guard ["--seed", "--bytes", "--output", "--check"].contains(flag) else {
        fail("unknown argument \(flag)\n\(usage)", status: 64)
      }
      guard let value = rest.popFirst() else { fail("\(flag) needs a value", status: 64) }
      switch flag {
      case "--seed":
        guard let number = UInt64(value) else {
          fail("--seed: expected a whole number, found \(value)", status: 64)
        }
        seed = number
      case "--bytes":
        guard let number = Int(value), (1...1_000_000_000).contains(number) else {
          fail("--bytes: expected 1 to 1000000000, found \(value)", status: 64)
        }
        bytes = number
      case "--output": output = value
      default: check = value
      }
    }
    guard (output == nil) != (check == nil) else {
      fail("expected either --output or --check\n\(usage)", status: 64)
    }
  }
}

/// Reads at most `limit` bytes, so that a wrong path to something huge ends soon.
func read(_ path: String, limit: Int) -> [UInt8] {
  guard let file = fopen(path, "rb") else {
    fail("can't open \(path): \(String(cString: strerror(errno)))")
  }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: limit)
  let count = fread(&bytes, 1, limit, file)
  guard ferror(file) == 0 else {
    fail("can't read \(path): \(String(cString: strerror(errno)))")
  }
  return Array(bytes.prefix(count))
}

/// Writes beside the target and renames, so that a full disk leaves the old file as it was.
func write(_ text: String, to path: String) {
  let partial = path + ".partial"
  guard let file = fopen(partial, "wb") else {
    fail("can't create \(partial): \(String(cString: strerror(errno)))")
  }
  let bytes = Array(text.utf8)
  let written = fwrite(bytes, 1, bytes.count, file)
  let isFlushed = fflush(file) == 0 && fsync(fileno(file)) == 0
  let isWritten = written == bytes.count && fclose(file) == 0 && isFlushed
  guard isWritten, rename(partial, path) == 0 else {
    let reason = String(cString: strerror(errno))
    unlink(partial)
    fail("can't write \(path): \(reason)")
  }
}

let options = Options(Array(CommandLine.arguments.dropFirst()))
let text = Corpus.text(seed: options.seed, bytes: options.bytes)
if let path = options.output { write(text, to: path) }
print(Statistics(text).report)
if let path = options.check {
  let expected = Array(text.utf8)
  let found = read(path, limit: expected.count + 1)
  if found != expected {
    let same = zip(found, expected).prefix { $0 == $1 }.count
    fail("\(path) differs from the text of seed \(options.seed) at byte \(same)")
  }
}
