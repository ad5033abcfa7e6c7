// Texts become ids before they become anything else: `import Apus` brings `Tokenizer` along, and the
// types that the options of generators, embedders and translators are made of.
@_exported import struct ApusDecoding.BeamOptions
@_exported import enum ApusDecoding.ContinuationEnding
@_exported import struct ApusDecoding.Penalties
@_exported import struct ApusDecoding.Sampling
@_exported import struct ApusLayers.Mode
@_exported import enum ApusLayers.Pooling
@_exported import struct ApusModels.TranslationSearch
@_exported import ApusText
