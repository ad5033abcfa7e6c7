import ApusFiles
import Foundation

/// Named values as people read them: a line each, indented below the name of what they belong to.
struct Outline {
  let lines: [String]

  init(_ value: JSONValue) { lines = Self.lines(value) }

  private static func lines(_ value: JSONValue) -> [String] {
    guard case .object(let members) = value else { return [text(value, named: "")] }
    let width = members.map(\.key.count).max() ?? 0
    return members.flatMap { key, value -> [String] in
      let name = key.replacing("_", with: " ")
      switch value {
      case .object: return [name] + lines(value).map { "  \($0)" }
      case .array(let elements) where elements.contains(where: \.isObject):
        return [name] + table(elements).map { "  \($0)" }
      default:
        let gap = String(repeating: " ", count: width - key.count + 2)
        return ["\(name)\(gap)\(text(value, named: key))"]
      }
    }
  }

  /// A row for each object, without the names of their members.
  private static func table(_ elements: [JSONValue]) -> [String] {
    let rows = elements.map { element -> [String] in
      guard case .object(let members) = element else { return [text(element, named: "")] }
      return members.map { text($0.value, named: $0.key) }
    }
    return TextTable(rows).lines
  }

  private static func text(_ value: JSONValue, named name: String) -> String {
    switch value {
    case .null: "none"
    case .bool(let value): value ? "yes" : "no"
    case .integer(let value):
      name.hasSuffix("bytes") ? Quantities.bytes(value) : Quantities.count(value)
    case .number(let value):
      name.hasSuffix("bytes") ? Quantities.bytes(value) : String(format: "%.4g", value)
    case .string(let value): value
    case .array(let elements) where name == "shape":
      "[\(elements.map { text($0, named: "").replacing(",", with: "") }.joined(separator: ", "))]"
    case .array(let elements):
      elements.isEmpty ? "none" : elements.map { text($0, named: "") }.joined(separator: ", ")
    case .object(let members): "\(members.count) values"
    }
  }
}

extension JSONValue {
  fileprivate var isObject: Bool {
    if case .object = self { return true }
    return false
  }
}
