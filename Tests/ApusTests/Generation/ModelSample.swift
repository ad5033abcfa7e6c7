import ApusModels
import ApusTensors
import Foundation

/// A directory of a tiny GPT with a context of 16 and 8 tokens, which goes away with the value.
final class ModelSample {
  let path: String

  init(_ tokenizer: String) throws {
    path = FileManager.default.temporaryDirectory.path() + "apus-" + UUID().uuidString
    let config = GPTConfig(
      vocabularySize: 8, contextLength: 16, hiddenSize: 8, layerCount: 2, headCount: 2)
    let store = ParameterStore(seed: 1)
    let model = LanguageModel(.gpt(config), in: store.root)
    try ModelDirectory.save(model, store.namedValues, to: path)
    try Data(tokenizer.utf8).write(to: URL(filePath: path + "/tokenizer.json"))
  }

  /// Writes what ends texts into a file of the directory, keeping the rest of it.
  func setEnds(_ name: String, _ ends: String) throws {
    let file = URL(filePath: path + "/" + name)
    var object: [String: Any] = [:]
    if let data = try? Data(contentsOf: file),
      let known = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    {
      object = known
    }
    object["eos_token_id"] = try JSONSerialization.jsonObject(
      with: Data(ends.utf8), options: .fragmentsAllowed)
    try JSONSerialization.data(withJSONObject: object).write(to: file)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
