/// What the bytes of a text mean.
public enum TextEncoding: String, Sendable, CaseIterable {
  /// UTF-8; anything else is an error.
  case utf8
  /// UTF-8, in which each ill-formed part becomes U+FFFD.
  case repaired
  /// ISO 8859-1: each byte is the character of its number.
  case latin1
}
