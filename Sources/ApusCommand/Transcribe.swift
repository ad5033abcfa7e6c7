import Apus
import ApusAudio
import ApusDecoding
import ApusFiles
import ApusLayers
import ApusTensors
import ArgumentParser
import Foundation

struct Transcribe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write down what is said in audio files.",
    discussion: """
      Files of any length and of any format that libsndfile reads: WAV, FLAC, Ogg, Opus, MP3, AIFF \
      and more, at any rate. A model that was trained on lines of writing reads PNG, PGM and PBM \
      images. A file that can't be read is passed over, named at the end, and makes \
      the exit code 65.

      EXAMPLES
        apus transcribe runs/speech interview.flac
        apus transcribe runs/speech *.mp3 --format srt --output subtitles/
        apus transcribe runs/speech talk.wav --language-model english.arpa \\
          --beam 200 --format json
        arecord -f S16_LE -r 16000 | apus transcribe runs/speech - --stream
      """)

  @Argument(help: "The model directory of a recogniser.", completion: .directory)
  var directory: String

  @Argument(help: "Audio files; - is standard input.", completion: .file())
  var files: [String]

  @Option(help: "text, json, srt, vtt, ctm or audacity.")
  var format = TranscriptFormat.text

  @Option(
    help: "A directory for a file of each transcript; without it all go to standard output.",
    completion: .directory)
  var output: String?

  @Option(help: "Follow this many readings at once. (default: 100)")
  var beam: Int?

  @Option(help: "List this many of the best readings with their scores, in JSON.")
  var results = 1

  @OptionGroup(title: "The search for words") var search: SpeechSearchArguments

  @Option(help: "Listen to this channel alone, counted from 0. (default: the mean of all)")
  var channel: Int?

  @Option(help: "The second to begin at.")
  var from = 0.0

  @Option(help: "The seconds to listen to. (default: to the end)")
  var duration: Double?

  @Option(help: "The longest piece that goes through the network at once, in seconds.")
  var piece: Double?

  @Flag(
    help: """
      Show what was said as soon as it is heard, on standard error; pieces are of 2 s unless --piece \
      says otherwise. A network of one direction carries its state from piece to piece; others hear \
      each with a second of what is around it.
      """)
  var stream = false

  @Option(
    help: "Samples without a header, little-endian: u8, s8, s16, s24, s32, f32, f64, mulaw or alaw."
  )
  var raw: RawAudio.Encoding?

  @Option(help: "The rate of raw samples. (default: the model's)")
  var rawRate: Int?

  @Option(help: "The channels of raw samples. (default: 1)")
  var rawChannels: Int?

  @Option(help: "The arithmetic.")
  var precision = Mode.Precision.fp32

  @OptionGroup var threads: ThreadOption

  /// Pieces of a stream, and what is heard behind them, in seconds.
  private static let streaming = (piece: 2.0, surroundings: 1.0)

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("Missing audio files.") }
    if let channel, channel < 0 {
      throw ValidationError("--channel must be 0 or above, got \(channel).")
    }
    if let piece, !(0.1...3600 ~= piece) {
      throw ValidationError("--piece must be from 0.1 to 3600 seconds, got \(piece).")
    }
    let width = beam ?? TranscriptionOptions().search.width
    guard 1...max(1, width) ~= results else {
      throw ValidationError("--results must be from 1 to the beam's \(width), got \(results).")
    }
    if results > 1, stream {
      throw ValidationError("--stream shows one reading: --results has no meaning.")
    }
    if results > 1, format != .json {
      throw ValidationError("--results has a meaning with --format json alone.")
    }
    if raw == nil, rawRate != nil || rawChannels != nil {
      throw ValidationError("--raw-rate and --raw-channels have a meaning with --raw alone.")
    }
  }

  func run() throws {
    Processor.threadCount = threads.count
    var options = TranscriptionOptions()
    options.search = try search.options(beam: beam)
    options.resultCount = results
    options.precision = precision
    if stream {
      options.pieceSeconds = Self.streaming.piece
      options.surroundingSeconds = Self.streaming.surroundings
    }
    if let piece { options.pieceSeconds = piece }
    let transcriber = try Transcriber(directory, options)
    if transcriber.readsImages { try refuseOptionsOfAudio() }
    if let output {
      try requireDifferentNames()
      try createDirectory(output)
    }
    // The end of what feeds a pipe ends the stream, also by Ctrl-C: what was heard is still written.
    if stream { signal(SIGINT, SIG_IGN) }
    if output == nil, !format.head.isEmpty { print(format.head, terminator: "") }
    var failures: [any Error] = []
    var cueCount = 0
    for file in files {
      do {
        let transcript = try transcribe(file, transcriber)
        let text = format.string(
          of: transcript, file: file == "-" ? "standard input" : file, from: cueCount + 1)
        if let output {
          try writeAtomically(format.head + text, to: "\(output)/\(name(of: file))")
        } else {
          print(text, terminator: "")
          fflush(nil)
          cueCount += format == .srt ? transcript.cues.count : 0
        }
      } catch let error as InputError {
        failures.append(error)
      } catch let error as FileError where error.file == file {
        failures.append(error)
      }
    }
    guard let first = failures.first else { return }
    if files.count == 1 { throw first }
    for failure in failures { warn("\(failure)") }
    throw InputError(
      expected: "audio in all \(files.count) files", found: "\(failures.count) that can't be used")
  }

  private func refuseOptionsOfAudio() throws {
    let given = [
      ("--channel", channel != nil), ("--from", from != 0), ("--duration", duration != nil),
      ("--piece", piece != nil), ("--stream", stream), ("--raw", raw != nil),
    ]
    if let (name, _) = given.first(where: \.1) {
      throw InputError(
        file: directory, expected: "a model that hears audio for \(name)",
        found: "one that reads images")
    }
  }

  private func requireDifferentNames() throws {
    var seen: [String: String] = [:]
    for file in files {
      if let other = seen.updateValue(file, forKey: name(of: file)) {
        throw InputError(
          file: file, expected: "a name other than that of \(other) for --output",
          found: name(of: file))
      }
    }
  }

  private func transcribe(_ file: String, _ transcriber: Transcriber) throws -> Transcript {
    if transcriber.readsImages { return try transcriber.transcribe(GrayImage(contentsOf: file)) }
    let form = raw.map {
      RawAudio(
        sampleRate: rawRate ?? transcriber.sampleRate, channelCount: rawChannels ?? 1,
        encoding: $0)
    }
    let audio = try AudioReader(file, raw: form)
    let length = audio.frameCount.map { Double($0) / Double(audio.sampleRate) - from }
    var progress = TranscriptionProgress(
      file: file, seconds: duration ?? length, showsText: stream)
    defer { progress.finish() }
    return try transcriber.transcribe(
      audio, channel: channel.map { .index($0) } ?? .mix, from: from, duration: duration
    ) { progress.show($0) }
  }

  /// The name of an audio file with the ending of the format.
  private func name(of file: String) -> String {
    let name = file == "-" ? "standard-input" : URL(filePath: file).lastPathComponent
    let endings: [TranscriptFormat: String] = [.text: "txt", .audacity: "labels.txt"]
    return "\(name).\(endings[format] ?? format.rawValue)"
  }
}

extension TranscriptFormat: ExpressibleByArgument {}
extension RawAudio.Encoding: ExpressibleByArgument {}

/// How far the transcription of a file is, on one line of a terminal; silent elsewhere.
private struct TranscriptionProgress {
  let file: String
  /// The length of the audio, where it is known.
  let seconds: Double?
  /// Whether what was said is shown.
  let showsText: Bool
  /// The end of what is settled.
  private var settled = ""
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = ProcessInfo.processInfo.systemUptime

  init(file: String, seconds: Double?, showsText: Bool) {
    self.file = file
    self.seconds = seconds
    self.showsText = showsText
  }

  /// As many characters as a line of a terminal holds.
  private static let shownLength = 100

  mutating func show(_ partial: PartialTranscript) {
    let heard = partial.duration
    if showsText {
      let line = (settled + partial.text).suffix(Self.shownLength)
      write(isTerminal ? "\r\u{1B}[K\(line)" : line + "\n")
      for word in partial.settled { settled += word.text + " " }
      settled = String(settled.suffix(Self.shownLength))
    } else if isTerminal {
      let speed = heard / max(1e-9, ProcessInfo.processInfo.systemUptime - start)
      let share = seconds.map { ", \(Int(100 * min(1, heard / max($0, 1e-9)))) %" } ?? ""
      write("\r\u{1B}[K\(file): \(Int(heard)) s\(share), \(Int(speed)) × real time")
    }
  }

  func finish() { if isTerminal { write(showsText ? "\n" : "\r\u{1B}[K") } }

  private func write(_ text: some StringProtocol) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
