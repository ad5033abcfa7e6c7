import ApusModels
import ApusTensors

extension TemporaryDirectory {
  /// Writes a model directory of a tiny GPT with the tokenizer of `vocabularySize` byte pairs.
  ///
  /// - Parameters:
  ///   - name: The directory.
  ///   - vocabularySize: Of the tokenizer.
  ///   - room: The number of ids of the model.
  ///   - change: Edits the weights before they are written.
  /// - Returns: The directory's path.
  /// - Throws: Where something can't be written.
  func model(
    _ name: String = "model", vocabularySize: Int = 300, room: Int? = nil,
    change: (inout [(name: String, value: Tensor)]) -> Void = { _ in }
  ) throws -> String {
    let config = GPTConfig(
      vocabularySize: room ?? vocabularySize, contextLength: 16, hiddenSize: 8, layerCount: 2,
      headCount: 2)
    let store = ParameterStore(seed: 1)
    let model = LanguageModel(.gpt(config), in: store.root)
    var values = store.namedValues
    change(&values)
    try ModelDirectory.save(model, values, to: self[name])
    _ = try tokenizer("bpe", size: vocabularySize)
    _ = try write(try text(of: "bpe.json"), to: "\(name)/tokenizer.json")
    return self[name]
  }
}
