import ApusFiles
import ApusModels
import ApusTensors
import ApusText
import Foundation
import Testing

@testable import ApusTraining

/// What task files and their data may be, and what is refused before anything is trained.
@Suite struct TaskFileFormTests {
  private let directory: TemporaryDirectory
  private let encoder: String

  init() throws {
    directory = try TemporaryDirectory()
    encoder = "\(directory.path)/encoder"
    try Self.writeEncoder(to: encoder, size: 8)
  }

  private static func writeEncoder(to path: String, size: Int, rows: Int? = nil) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let tokenizer = try Tokenizer(contentsOf: root.appending(path: "vocab/wordpiece.json").path())
    var config = BERTConfig(family: .bert)
    config.vocabularySize = rows ?? tokenizer.vocabularySize
    (config.hiddenSize, config.intermediateSize) = (size, 16)
    (config.layerCount, config.headCount, config.contextLength) = (1, 1, 32)
    config.hasPretrainingHeads = false
    let store = ParameterStore(seed: 5)
    let model = BERT(config, in: store.root)
    try ModelDirectory.save(model, store.namedValues, to: path)
    try tokenizer.save(to: "\(path)/tokenizer.json")
  }

  private func recipe(_ task: String) throws -> Recipe {
    try Recipe(
      tasks: try directory.write(
        """
        tasks:
          task:
        \(task.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        training: {steps: 1, sequencesPerBatch: 4, precision: fp32}
        """, to: "tasks.yaml"))
  }

  /// What is refused of a task over an encoder, and that a run directory has no model then.
  private func message(_ task: String, encoder: String? = nil) -> String {
    let output = "\(directory.path)/refused"
    let error = #expect(throws: InputError.self) {
      let recipe = try recipe(task)
      let network = try PretrainedNetwork(encoder ?? self.encoder)
      _ = try TrainingRun(recipe, in: output) { _ in try FineTuningTask(recipe, over: network) }
    }
    #expect(!FileManager.default.fileExists(atPath: "\(output)/model.safetensors"))
    return error?.description.replacing("\(directory.path)/", with: "") ?? ""
  }

  private func write(_ text: String, to name: String) throws {
    let place = URL(filePath: "\(directory.path)/\(name)").deletingLastPathComponent()
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    _ = try directory.write(text, to: name)
  }

  // MARK: - Forms

  @Test func tasksOfGLUEHaveTheirLayout() throws {
    try write("gj04\t1\t\tOur friends.\ngj04\t0\t*\tA \"friends.\n", to: "cola/train.tsv")
    try write("gj04\t1\t\tHe ran.\n", to: "cola/dev.tsv")
    try write(
      "\u{FEFF}Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t7\t8\tHe \"said\tShe \"said\r\n",
      to: "mrpc/msr_paraphrase_train.txt")
    try write(
      "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n"
        + "0\tm\tf\t2012\t1\tn\tn\tA man.\tA woman.\t2.500\n", to: "sts-b/train.tsv")
    try write(
      "index\tpromptID\tsentence1\tsentence2\tlabel1\tgold_label\n0\t1\ta\tb\tneutral\tneutral\n",
      to: "mnli/train.tsv")
    for part in ["dev_matched", "dev_mismatched"] { try write("x\n", to: "mnli/\(part).tsv") }
    try write(
      "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\ta\tb\t1\n4\t5\t6\ttorn\n",
      to: "qqp/train.tsv")
    func read(_ name: String, _ directory: String) throws -> (TaskRecipe, [TaskText]) {
      let task = try recipe("glue: \(name)\ndata: \(directory)").tasks[0]
      return (task, try TaskTextReader(task).read(try #require(task.data)))
    }
    let (cola, colaTexts) = try read("CoLA", "cola")
    #expect(cola.kind == .classification && cola.metrics == ["matthews", "accuracy"])
    #expect(cola.validation == "\(directory.path)/cola/dev.tsv" && cola.test == nil)
    #expect(
      colaTexts.map(\.content) == ["Our friends.", "A \"friends."].map { .text($0, pair: nil) })
    #expect(colaTexts.map(\.target) == [.label("1"), .label("0")])
    let (mrpc, mrpcTexts) = try read("MRPC", "mrpc")
    #expect(mrpcTexts.map(\.content) == [.text("He \"said", pair: "She \"said")])
    #expect(mrpc.measured == [.f1, .accuracy] && mrpc.validation == nil)
    let (similarity, scores) = try read("stsb", "sts-b")
    #expect(similarity.kind == .similarity && scores.map(\.target) == [.score(2.5)])
    let (mnli, mnliTexts) = try read("mnli", "mnli")
    #expect(mnli.test?.hasSuffix("mnli/dev_mismatched.tsv") == true)
    #expect(mnliTexts.map(\.target) == [.label("neutral")])
    // Torn rows are left out.
    #expect(try read("QQP", "qqp").1.map(\.target) == [.label("1")])
  }

  @Test func whatIsSaidOfAGLUETaskWinsOrIsRefused() throws {
    try write("gj04\t1\t\tOur friends.\n", to: "cola/train.tsv")
    let recipe = try recipe(
      "validation: own.tsv\nmetrics: [accuracy]\nglue: cola\ndata: cola\nlabels: ['1', '0']")
    let task = recipe.tasks[0]
    #expect(task.validation == "\(directory.path)/own.tsv")
    #expect(task.metrics == ["accuracy"] && task.labels == ["1", "0"])
    // What a run directory keeps is the same recipe.
    #expect(try Recipe(yaml: recipe.yaml) == recipe)
    #expect(
      message("glue: cola\ndata: cola\ntype: ranking").contains("tasks.yaml:5: expected tasks.task")
    )
    #expect(message("glue: snli\ndata: cola").contains("tasks.task.glue as one of cola, sst-2"))
    try write("gj04\t2\t\tOur friends.\n", to: "cola/train.tsv")
    #expect(
      message("glue: cola\ndata: cola")
        == "cola/train.tsv:1: expected one of the labels 0, 1, got \"2\"")
  }

  @Test func choicesStandInOneColumnOrSeveral() throws {
    try write("sent1,ending0,ending1,gold\nHe,runs,\"sits, still\",B\n", to: "swag.csv")
    let task = try recipe(
      "type: multiple-choice\ndata: swag.csv\n"
        + "columns: {context: sent1, choices: [ending0, ending1], label: gold}"
    ).tasks[0]
    let texts = try TaskTextReader(task).read("\(directory.path)/swag.csv")
    #expect(texts.map(\.content) == [.candidates("He", ["runs", "sits, still"])])
    #expect(texts.map(\.target) == [.choice(1)])
    try write(
      "{\"context\": \"It rains.\", \"choices\": [\"wet\", \"dry\"], \"label\": \"dry\"}\n",
      to: "rain.jsonl")
    let plain = try recipe("type: multiple-choice\ndata: rain.jsonl").tasks[0]
    #expect(try TaskTextReader(plain).read("\(directory.path)/rain.jsonl")[0].target == .choice(1))
    try write("{\"context\": \"It rains.\", \"choices\": [\"wet\", \"dry\"]}\n", to: "bare.jsonl")
    #expect(
      message("type: multiple-choice\ndata: bare.jsonl")
        == "bare.jsonl:1: expected the right choice in column \"label\", got none")
  }

  @Test func answersStandInTables() throws {
    let context = "Café «Öl» costs 5 €, not 6 €."
    try write(
      """
      asked\ttext\tanswer\tplace
      Which?\t\(context)\tÖl\t6
      What is 5?\t\(context)\t€\t18
      Why?\t\(context)\t\t

      """, to: "own.tsv")
    let columns = "columns: {text: asked, context: text, label: answer, start: place}"
    let task = try recipe("type: answers\ndata: own.tsv\n\(columns)").tasks[0]
    let texts = try TaskTextReader(task).read("\(directory.path)/own.tsv")
    #expect(texts.map(\.row) == [2, 3, 4] && texts.map(\.id) == ["2", "3", "4"])
    #expect(texts[0].target == .answers([.init(text: "Öl", range: 8..<11)]))
    #expect(texts[1].target == .answers([.init(text: "€", range: 22..<25)]))
    #expect(texts[2].target == .answers([]))
    try write(
      """
      {"question": "Who?", "context": "She did.", "answers": {"text": ["She", "did"], "answer_start": [0, 4]}}
      {"question": "Who?", "context": "She did.", "answers": [{"text": "did", "answer_start": 4}], "id": 7}
      {"question": "Who?", "context": "She did.", "answers": {"text": [], "answer_start": []}}

      """, to: "squad.jsonl")
    let lines = try TaskTextReader(TaskRecipe(name: "task", kind: .answers))
      .read("\(directory.path)/squad.jsonl")
    #expect(lines.map(\.id) == ["1", "7", "3"])
    #expect(
      lines.map(\.target) == [
        .answers([.init(text: "She", range: 0..<3), .init(text: "did", range: 4..<7)]),
        .answers([.init(text: "did", range: 4..<7)]), .answers([]),
      ])
  }

  @Test func windowsAreLearntOneByOne() throws {
    // A context of 33 tokens, of which 32 - 3 - 2 are in a window: "oak" stands in the second alone.
    let context =
      Array(repeating: "the day is old and", count: 6).joined(separator: " ") + " an oak."
    func squad(_ second: String) -> String {
      """
      {"version": "x", "data": [{"title": "t", "paragraphs": [{"context": "\(context)", "qas": [
        {"id": "a", "question": "Which?",
         "answers": [{"text": "oak", "answer_start": \(context.utf8.count - 4)}]},
        {"id": "b", "question": "Why?", \(second)}]}]}]}
      """
    }
    try write(
      squad(#""answers": [{"text": "old", "answer_start": 11}], "is_impossible": false"#),
      to: "one.json")
    try write(squad(#""answers": [], "is_impossible": true"#), to: "two.json")
    func task(_ data: String) throws -> FineTuningTask {
      try FineTuningTask(
        recipe("type: answers\ndata: \(data)\nvalidation: \(data)\nstride: 8"),
        over: PretrainedNetwork(encoder))
    }
    let first = try task("one.json")
    let windows = first.parts[0].training
    #expect(windows.count == 4 && windows.allSatisfy { $0.inputs.count == 1 && $0.length <= 32 })
    let targets = windows.map { window -> ClosedRange<Int>? in
      if case .spans(let spans, _) = window.target { spans[0] } else { nil }
    }
    #expect(targets.map { $0 == nil } == [true, false, false, true], "\(targets)")
    #expect(first.parts[0].validation.map(\.inputs.count) == [2, 2])
    // Where every question has an answer, one is always given; else not if no answer is ahead.
    #expect(first.config.tasks[0].noAnswerThreshold == nil)
    let second = try task("two.json").config
    #expect(second.tasks[0].noAnswerThreshold == 0)
    for config in [first.config, second] {
      #expect(try FineTunedConfig(JSONField(config.json, file: "config.json")) == config)
    }
  }

  /// The files of GLUE as they were published.
  @Test(.enabled(if: sharedGLUE != nil, "the shared data are not there"))
  func publishedFilesOfGLUEAreRead() throws {
    let shared = try #require(sharedGLUE)
    for (name, count) in [("cola", 8551), ("rte", 2490), ("wnli", 635)] {
      let task = try recipe("glue: \(name)\ndata: \(shared)/\(name)").tasks[0]
      let texts = try TaskTextReader(task).read(try #require(task.data))
      // Public copies of CoLA keep some of its rows apart for validation.
      #expect(texts.count <= count && texts.count > count / 2, "\(name)")
      #expect(Set(try TaskLabels(task, of: texts).names) == Set(task.labels))
      let validation = try #require(task.validation)
      #expect(try !TaskTextReader(task).read(validation).isEmpty)
    }
  }

  // MARK: - Bad input

  @Test func refusesAnswersThatAreNotThere() throws {
    func message(_ rows: String, _ columns: String = "") throws -> String {
      try write("question\tcontext\tanswers\tstart\n\(rows)\n", to: "q.tsv")
      return self.message("type: answers\ndata: q.tsv\n\(columns)")
    }
    let columns = "columns: {start: start}"
    #expect(
      try message("Who?\tShe did.\tdid\t3", columns)
        == "q.tsv:2: expected the text of the context from 3 on in column \"answers\", "
        + "got \"did\" where \" di\" stands")
    #expect(
      try message("Who?\tShe did.\tdid\t99", columns)
        == "q.tsv:2: expected a whole number from 0 to 8 in column \"start\", got \"99\"")
    #expect(
      try message("Who?\tShe did.\tHe\t")
        == "q.tsv:2: expected a text that stands once in the context in column \"answers\", "
        + "got \"He\", which is there 0 times")
    #expect(try message("Who?\tShe did and did.\tdid\t").contains("which is there 2 times"))
    #expect(
      try message("Who?\tShe did.\t{\"text\": [\"did\"], \"answer_start\": [3]}\t")
        == "q.tsv:2: expected the answer \"did\" to question 2 at answers.answer_start[0], "
        + "got \" di\"")
    #expect(
      try message("Who?\t \tdid\t").hasPrefix("q.tsv:2: expected a text in column \"context\""))
    #expect(
      try message("Who?\tShe did.\tdid\t", "columns: {text: ask}")
        == "q.tsv:1: expected a column \"ask\", got question, context, answers, start")
    let long = String(repeating: "who ", count: 40)
    #expect(
      try message("\(long)\tShe did.\tdid\t").hasPrefix(
        "q.tsv:2: expected a question that leaves room for its context in 32 tokens, got \"who who")
    )
    #expect(
      try message("Who?\tShe did.\tdid\t\nWho?\tHe did.\tdid\t", "columns: {id: question}")
        == "q.tsv:3: expected an id of its own for each question, got \"Who?\" twice")
  }

  @Test func refusesRowsThatCanNotBeLearnt() throws {
    try write("id\ttext\tlabel\n1\ta\tx\n1\tb\ty\n", to: "twice.tsv")
    #expect(
      message("type: classification\ndata: twice.tsv\ncolumns: {text: text, label: label, id: id}")
        == "twice.tsv:3: expected a value of its own in column \"id\", got \"1\", as in row 2")
    try write("text\tpair\tlabel\nq\ta\t1\nq\tb\t-1\n", to: "rank.tsv")
    #expect(
      message("type: ranking\ndata: rank.tsv\ncolumns: {text: text, pair: pair, label: label}")
        == "rank.tsv:3: expected a relevance of 0 or more in column \"label\", got \"-1\"")
    try write("text\tpair\tlabel\nq\ta\tinf\n", to: "score.tsv")
    #expect(
      message("type: similarity\ndata: score.tsv\ncolumns: {text: text, pair: pair, label: label}")
        == "score.tsv:2: expected a finite number in column \"label\", got \"inf\"")
    // Of a file that says nothing of columns, the row is told as well.
    try write("good\tfine day\nbad\tdark day\nodd\tlong day\n", to: "plain.tsv")
    #expect(
      message("type: classification\ndata: plain.tsv\nlabels: [good, bad]")
        == "plain.tsv:3: expected one of the labels good, bad, got \"odd\"")
  }

  @Test(arguments: ["", "columns: {text: \"2\", label: \"1\"}"])
  func encodingsAreAskedFor(_ columns: String) throws {
    let path = "\(directory.path)/latin.tsv"
    try Data(Array("good\tcaf".utf8) + [0xE9] + Array("\nbad\tday\n".utf8))
      .write(to: URL(filePath: path))
    let task = "type: classification\ndata: latin.tsv\n\(columns)"
    #expect(
      message(task)
        == "latin.tsv:1: expected UTF-8, got the byte 0xe9 behind 8 bytes of the line")
    let read = try recipe("\(task)\nencoding: latin1").tasks[0]
    let texts = try TaskTextReader(read).read(path)
    #expect(texts.map(\.content) == [.text("café", pair: nil), .text("day", pair: nil)])
    #expect(
      message("type: language\ndata: latin.tsv\nencoding: latin1").contains("encoding"))
  }

  @Test func numbersOfJSONAreNoTexts() throws {
    try write("{\"text\": 5, \"label\": 1}\n{\"text\": \"a\", \"label\": 2}\n", to: "five.jsonl")
    #expect(
      message("type: classification\ndata: five.jsonl\ncolumns: {text: text, label: label}")
        == "five.jsonl:1: expected a string in column \"text\", got 5")
  }

  @Test func messagesNameSomeOfManyLabels() throws {
    try write("good\t\(String(repeating: "fine ", count: 30))\n", to: "plain.tsv")
    let labels = (0..<40).map { "l\($0)" }.joined(separator: ", ")
    #expect(
      message("type: classification\ndata: plain.tsv\nlabels: [\(labels)]")
        == "plain.tsv:1: expected one of the labels l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, "
        + "… (40 in all), got \"good\"")
  }

  @Test func refusesWeightsOfAnotherEncoder() throws {
    try write("good\tfine day\nbad\tdark day\n", to: "plain.tsv")
    let task = "type: classification\ndata: plain.tsv"
    let recipe = try recipe(task)
    let trained = "\(directory.path)/trained"
    let network = try PretrainedNetwork(encoder)
    try TrainingRun(recipe, in: trained) { _ in try FineTuningTask(recipe, over: network) }
      .run(showsProgress: false)
    let config = try String(contentsOfFile: "\(trained)/config.json", encoding: .utf8)
    func broken(_ old: String, _ new: String) throws -> String {
      try write(config.replacing(old, with: new), to: "trained/config.json")
      return message(task, encoder: trained)
    }
    #expect(config.contains("\"hidden_size\": 8") && config.contains("\"bad\""))
    #expect(
      try broken("\"hidden_size\": 8", "\"hidden_size\": 16").hasPrefix("trained/model.safetensors")
    )
    #expect(try broken("\"bad\"", "\"bad\", \"odd\"").contains("tasks.task.classifier"))
    #expect(try broken("\"task\"", "\"other\"").contains("tasks.other.classifier"))
    try write(config, to: "trained/config.json")
    #expect(
      message(task + "\nlabels: [good, bad]", encoder: trained)
        == "trained: expected task task as it was learnt before: classification of bad, good "
        + "with pooling mean, got classification of good, bad with pooling mean")
    try Self.writeEncoder(to: "\(directory.path)/small", size: 8, rows: 100)
    #expect(
      message(task, encoder: "\(directory.path)/small").hasPrefix(
        "small: expected a tokenizer of at most the model's 100 tokens"))
  }
}

/// The larger data sets, where they are there.
private let sharedGLUE: String? = {
  let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let shared =
    ProcessInfo.processInfo.environment["APUS_SHARED"]
    ?? package.deletingLastPathComponent().appending(path: "shared").path
  let names = ["cola", "rte", "wnli"].map { "\(shared)/data/\($0)/train.tsv" }
  return names.allSatisfy(FileManager.default.fileExists) ? "\(shared)/data" : nil
}()
