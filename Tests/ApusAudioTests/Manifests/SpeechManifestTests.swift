import ApusAudio
import ApusFiles
import Foundation
import Testing

@Suite struct SpeechManifestTests {
  @Test func linesOfJSONAreRead() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      #"""
      {"audio_filepath": "wavs/a.wav", "duration": 1.5, "text": "one two"}

      {"audio_filepath": "/data/b.flac", "offset": 2, "duration": 0.5, "text": "", "channel": 1, "id": "x"}
      {"features_filepath": "c.mfc", "speaker": "ann"}

      """#.utf8, to: "train.jsonl")
    let folder = scratch.path
    #expect(
      try SpeechManifest.read(path) == [
        Utterance(
          id: "a", source: .audio("\(folder)/wavs/a.wav"), duration: 1.5, text: "one two"),
        Utterance(
          id: "x", source: .audio("/data/b.flac"), from: 2, duration: 0.5, isSection: true,
          text: "", channel: .index(1)),
        Utterance(id: "c", source: .features("\(folder)/c.mfc"), speaker: "ann"),
      ])
  }

  @Test func writtenLinesAreReadAgain() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/out.jsonl"
    let utterances = [
      Utterance(
        id: "1", source: .audio("\(scratch.path)/a \"b\".wav"), from: 0.25, duration: 2,
        isSection: true, text: "grüße\n", speaker: "s", channel: .index(0)),
      Utterance(id: "z", source: .features("/elsewhere/z.ark:17")),
    ]
    try NeMoManifest.write(utterances, to: path)
    #expect(try SpeechManifest.read(path) == utterances)
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains(#""a \"b\".wav""#))
  }

  @Test func pathsBesideTheManifestAreAbsolute() throws {
    let here = FileManager.default.currentDirectoryPath
    let utterance = Utterance(id: "a", source: .audio("corpus/wavs/a.wav"))
    for (manifest, path) in [
      ("data/lj.jsonl", "\(here)/corpus/wavs/a.wav"), ("lj.jsonl", "corpus/wavs/a.wav"),
      ("./corpus/lj.jsonl", "wavs/a.wav"), ("\(here)/corpus/lj.jsonl", "wavs/a.wav"),
    ] {
      let line = NeMoManifest.lines([utterance], at: manifest)
      #expect(line == "{\"audio_filepath\": \"\(path)\"}\n")
    }
  }

  @Test(arguments: [
    (#"{"audio_filepath": "a.wav", "duration": "long"}"#, "a number at duration"),
    (#"{"text": "a"}"#, "either audio_filepath, features_filepath or image_filepath"),
    (#"{"audio_filepath": "a.wav", "offset": -1}"#, "0 to 1000000000 s at offset"),
    (#"{"audio_filepath": "a.wav", "duration": 1e300}"#, "s at duration"),
    (#"{"audio_filepath": "a.wav""#, "expected"),
  ]) func badLinesAreNamed(_ line: String, _ expected: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "{\"audio_filepath\": \"a.wav\"}\n\(line)\n".utf8, to: "bad.jsonl")
    let error = #expect(throws: InputError.self) { try SpeechManifest.read(path) }
    #expect(error?.file == path && error?.row == 2)
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test func tablesAreRead() throws {
    let scratch = try Scratch()
    let mozilla = try scratch.write(
      "wav_filename,wav_filesize,transcript\r\na.wav,100,\"one, \"\"two\"\"\"\r\n".utf8,
      to: "train.csv")
    #expect(
      try SpeechManifest.read(mozilla) == [
        Utterance(
          id: "a", source: .audio("\(scratch.path)/a.wav"), text: "one, \"two\"")
      ])
    let voices = try scratch.write(
      "client_id\tpath\tsentence\nann\tc_1.mp3\tHello \"you\".\n".utf8, to: "train.tsv")
    #expect(
      try SpeechManifest.read(voices) == [
        Utterance(
          id: "c_1", source: .audio("\(scratch.path)/clips/c_1.mp3"), text: "Hello \"you\".",
          speaker: "ann")
      ])
    let short = try scratch.write(
      "wav_filename,wav_filesize,transcript\na.wav,100\n".utf8, to: "short.csv")
    let error = #expect(throws: InputError.self) { try SpeechManifest.read(short) }
    #expect(error?.row == 2)
  }

  @Test func kaldiDirectoriesAreRead() throws {
    let scratch = try Scratch()
    try scratch.write("r1 /audio/r1.wav\nr2 r2.flac\n".utf8, to: "kaldi/wav.scp")
    try scratch.write("u1 hello there\nu2 bye\n".utf8, to: "kaldi/text")
    try scratch.write("u1 r1 0.5 2.0\nu2 r2 0 1\n".utf8, to: "kaldi/segments")
    try scratch.write("u1 ann\nu2 bob\n".utf8, to: "kaldi/utt2spk")
    let folder = "\(scratch.path)/kaldi"
    #expect(
      try SpeechManifest.read(folder) == [
        Utterance(
          id: "u1", source: .audio("/audio/r1.wav"), from: 0.5, duration: 1.5, isSection: true,
          text: "hello there", speaker: "ann"),
        Utterance(
          id: "u2", source: .audio("\(folder)/r2.flac"), from: 0, duration: 1, isSection: true,
          text: "bye", speaker: "bob"),
      ])
    try scratch.write("u1 hello there\nu3 bye\n".utf8, to: "kaldi/text")
    let error = #expect(throws: InputError.self) { try SpeechManifest.read(folder) }
    #expect(error?.file == "\(folder)/text" && error?.found == "u3")
  }

  @Test func sphinxListsAreReadAndCompared() throws {
    let scratch = try Scratch()
    let path = try scratch.write("a/ann/x1\na/bob/x2\n".utf8, to: "etc/t.fileids")
    try scratch.write("<s> ONE TWO </s> (x1)\nTHREE (x2)\n".utf8, to: "etc/t.transcription")
    let read = try SpeechManifest.read(path)
    #expect(read.map(\.text) == ["ONE TWO", "THREE"])
    #expect(read.map(\.speaker) == ["ann", "bob"])
    #expect(read[0].source == .features("\(scratch.path)/feat/a/ann/x1.mfc"))
    try scratch.write("ONE (x1)\n".utf8, to: "etc/t.transcription")
    #expect(throws: InputError.self) { try SpeechManifest.read(path) }
    try scratch.write("ONE (x1)\nTWO (x9)\n".utf8, to: "etc/t.transcription")
    let error = #expect(throws: InputError.self) { try SpeechManifest.read(path) }
    #expect(error?.row == 2)
  }

  @Test func treesAreRead() throws {
    let scratch = try Scratch()
    try scratch.write("84-1-0000 A MAN\n84-1-0001 SAID\n".utf8, to: "l/84/1/84-1.trans.txt")
    let libri = try SpeechManifest.read("\(scratch.path)/l")
    #expect(libri.map(\.path) == (0...1).map { "\(scratch.path)/l/84/1/84-1-000\($0).flac" })
    #expect(libri.map(\.text) == ["A MAN", "SAID"])
    try scratch.write("LJ-1|Chapter 2|chapter two\n".utf8, to: "lj/metadata.csv")
    try scratch.write([], to: "lj/wavs/LJ-1.wav")
    let lj = try SpeechManifest.read("\(scratch.path)/lj")
    #expect(lj[0].text == "chapter two" && lj[0].path.hasSuffix("lj/wavs/LJ-1.wav"))
    for name in ["0_ann_1.wav", "7_bob_12.wav"] { try scratch.write([], to: "d/\(name)") }
    let digits = try SpeechManifest.read("\(scratch.path)/d")
    #expect(digits.map(\.text) == ["zero", "seven"])
    #expect(digits.map(\.speaker) == ["ann", "bob"])
  }

  @Test func otherFilesAreRefused() throws {
    let scratch = try Scratch()
    let text = try scratch.write("Just a line of text.\n".utf8, to: "notes.txt")
    let words = try scratch.write("A sentence on the path to nowhere.\n".utf8, to: "words.txt")
    let table = try scratch.write("id,label\n1,2\n".utf8, to: "table/metadata.csv")
    let objects = try scratch.write(#"{"model_filepath": "a"}"#.utf8, to: "models.jsonl")
    for path in [text, words, table, "\(scratch.path)/table", objects, scratch.path] {
      let error = #expect(throws: InputError.self) { try SpeechManifest.read(path) }
      #expect(error?.file == path)
    }
    #expect(throws: FileError.self) { try SpeechManifest.read("\(scratch.path)/none") }
  }
}
