import ApusFiles
import ApusLayers
import ApusModels
import ApusTensors
import ApusText
import ApusTraining
import Glibc

/// What a fine-tuned model says of texts, for one of its tasks.
///
/// A text gets the same answer whatever others it is asked with. A predictor is a value that may be
/// used from many tasks at once.
public struct TaskPredictor: Sendable {
  /// The task and the names of its answers.
  public var task: TaskConfig { model.config }
  /// The recipe of the run that the model came from, if its directory has one.
  public let recipe: Recipe?
  let model: TaskModel
  private let precision: Mode.Precision

  /// Loads a model directory that `apus finetune` made.
  ///
  /// - Parameters:
  ///   - directory: The model.
  ///   - name: Which of its tasks; it may be left out if there is one.
  ///   - precision: fp32 or bf16.
  /// - Throws: `FileError` if a file can't be read; `InputError` naming what does not fit.
  public init(
    _ directory: String, task name: String? = nil, precision: Mode.Precision = .fp32
  ) throws {
    guard precision != .bf16 || Processor.supportsBFloat16 else {
      throw InputError(expected: "fp32 or int8 on a processor without AVX-512", found: "bf16")
    }
    let loaded = try FineTunedModel.load(directory).model
    guard name != nil || loaded.tasks.count == 1 else {
      throw InputError(
        file: directory, expected: "the name of one of its tasks",
        found: loaded.config.tasks.map(\.name).joined(separator: ", "))
    }
    model = try name.map(loaded.task) ?? loaded.tasks[0]
    guard model.config.kind != .language else {
      throw InputError(
        file: directory, expected: "a task that answers", found: "\(model.config.name), of language"
      )
    }
    let path = RunDirectory(directory).recipe
    recipe = access(path, F_OK) == 0 ? try Recipe(contentsOf: path) : nil
    self.precision = precision
  }

  /// The answers for texts, in their order; their targets are not looked at.
  public func answers(to texts: [TaskText]) throws -> [TaskAnswer] {
    let questions = texts.map {
      TaskText($0.content, id: $0.id, file: $0.file, row: $0.row)
    }
    return model.answers(to: try model.examples(questions), precision)
  }

  /// The texts of a file: lines of JSON with the keys `text` and `pair` (`context` and `choices`, `query`,
  /// `question` and `context`); tables with the columns that the model learnt from; SQuAD's JSON for
  /// questions; sentences in columns for tasks about words; and plain lines for tasks about one text.
  ///
  /// - Throws: `FileError`; `InputError` naming the row that can't be used.
  public func texts(of path: String) throws -> [TaskText] {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    let isTable = [".csv", ".tsv"].contains { name.hasSuffix($0) }
    let isJSON = LineEncoding.isJSONLines(path) || SpanQuestions.isJSON(path)
    if !isTable, !isJSON, task.kind.poolsStates, !task.isPair { return try lines(of: path) }
    var recipe = TaskRecipe(reading: task)
    if !isJSON, let learnt = self.recipe?.tasks.first(where: { $0.name == task.name }) {
      recipe = learnt
    }
    return try TaskTextReader(recipe, needsTargets: false).read(path)
  }

  /// A text a line; lines of JSON, which a name like `-` does not tell, begin with a brace from the
  /// first on that is not empty.
  private func lines(of path: String) throws -> [TaskText] {
    var lines = try TextLines(path)
    var texts: [TaskText] = []
    var areObjects: Bool?
    while var line = try lines.next() {
      let begin = line.first { !$0.isWhitespace }
      if areObjects == nil, let begin {
        areObjects = begin == "{"
        if areObjects == true { texts.removeAll() }
      }
      guard areObjects != true || begin != nil else { continue }
      var text = TaskText(
        .text(line, pair: nil), id: "\(lines.row)", file: lines.name, row: lines.row)
      if areObjects == true {
        let value = try line.withUTF8 { try JSONValue(parsing: $0, file: lines.name) }
        let object = JSONField(value, file: lines.name)
        if object["text"].isNull {
          throw InputError(
            missing: "text", of: try object.members().map(\.key), file: lines.name, row: lines.row)
        }
        text.content = .text(try object["text"].string(), pair: nil)
        // As in tables, ids may be numbers.
        if case .integer(let id) = object["id"].value {
          text.id = "\(id)"
        } else {
          text.id = try object["id"].optionalString() ?? text.id
        }
      }
      texts.append(text)
    }
    return texts
  }
}
