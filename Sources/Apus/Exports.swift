// Texts become ids before they become anything else: `import Apus` brings `Tokenizer` along.
@_exported import ApusText
