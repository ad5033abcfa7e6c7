import ArgumentParser

struct TokenizerGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer",
    abstract: "Train a tokenizer, encode and decode with one, or convert it.",
    discussion: """
      A tokenizer is a tokenizer.json of Hugging Face's format, a BERT vocab.txt, a SentencePiece \
      .model, or a directory with one of them or with GPT-2's vocab.json and merges.txt.

      EXAMPLES
        apus tokenizer train --kind bpe --vocabulary-size 8192 \\
          --output tokenizer.json corpus/
        apus tokenizer encode tokenizer.json --input texts.jsonl \\
          --json > ids.jsonl
        apus tokenizer decode tokenizer.json --input ids.jsonl
        apus tokenizer inspect tokenizer.json --text "To be, or not to be"
      """,
    subcommands: [
      TokenizerTrain.self, TokenizerEncode.self, TokenizerDecode.self, TokenizerInspect.self,
      TokenizerConvert.self,
    ])
}
