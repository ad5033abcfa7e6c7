import Glibc

/// A pattern of parameters' names, written as shells write those of files.
///
/// `*` stands for any characters, dots among them, `?` for one, and `[0-5]` for one of a range; all
/// others stand for themselves.
public struct NamePattern: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let text: String

  public init(_ text: String) { self.text = text }

  public init(stringLiteral text: String) { self.init(text) }

  public var description: String { text }

  public func matches(_ name: String) -> Bool { fnmatch(text, name, 0) == 0 }
}
