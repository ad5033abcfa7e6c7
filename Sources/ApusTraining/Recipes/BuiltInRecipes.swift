import ApusFiles

extension Recipe {
  /// The names of the recipes that come with Apus.
  public static let names = builtIn.map(\.name)

  /// A recipe that comes with Apus.
  ///
  /// - Throws: `InputError` with the nearest name if there is none of this name.
  public static func builtIn(named name: String) throws(InputError) -> Recipe {
    guard let text = text(ofBuiltIn: name) else {
      let nearest = nearestName(to: name, in: names).map { " (did you mean \($0)?)" } ?? ""
      throw InputError(
        expected: "a recipe of \(names.joined(separator: ", "))\(nearest)",
        found: RecipeProblem.excerpt(name))
    }
    return try Recipe(yaml: text, file: "recipe \(name)")
  }

  /// The YAML of a recipe that comes with Apus, with its comments, to start one's own from.
  public static func text(ofBuiltIn name: String) -> String? {
    builtIn.first { $0.name == name }?.yaml
  }

  /// Texts in the program, not resources beside it, so that whatever program depends on this package
  /// has them wherever it is installed.
  private static let builtIn = [
    (name: "gpt-char", yaml: gptChar), (name: "gpt-mini", yaml: gptMini),
    (name: "gpt2-124m", yaml: gpt2Small), (name: "bert-tiny", yaml: bertTiny),
    (name: "bert-mini", yaml: bertMini), (name: "bert-small", yaml: bertSmall),
    (name: "bert-base", yaml: bertBase), (name: "lstm-small", yaml: lstmSmall),
    (name: "lstm-medium", yaml: lstmMedium), (name: "lstm-large", yaml: lstmLarge),
    (name: "awd-lstm", yaml: awdLSTM), (name: "window-lm", yaml: windowLM),
    (name: "skipgram", yaml: skipgram), (name: "cbow", yaml: cbow),
    (name: "fasttext", yaml: fastText), (name: "glove", yaml: glove),
    (name: "seq2seq", yaml: seq2seq),
    (name: "g2p", yaml: graphemeToPhoneme), (name: "translation-lstm", yaml: translationLSTM),
    (name: "translation-transformer", yaml: translation),
    (name: "textcnn", yaml: textCNN), (name: "bilstm", yaml: biLSTM), (name: "dnn", yaml: dnn),
    (name: "rmdl", yaml: rmdl),
    (name: "elmo-small", yaml: elmoSmall), (name: "elmo", yaml: elmo),
    (name: "tagger", yaml: tagger), (name: "tagger-elmo", yaml: taggerELMo),
    (name: "tagger-bert", yaml: taggerBERT),
    (name: "deepspeech-mini", yaml: deepSpeechMini), (name: "deepspeech1", yaml: deepSpeech1),
    (name: "deepspeech2", yaml: deepSpeech2),
    (name: "deepspeech2-streaming", yaml: deepSpeech2Streaming),
    (name: "speech-transformer", yaml: speechTransformer),
    (name: "wav2vec2-ctc", yaml: wav2vec2), (name: "crnn", yaml: crnn),
    (name: "sentence-embedding", yaml: sentenceEmbedding),
    (name: "sentence-similarity", yaml: sentenceSimilarity),
  ]
}
