import Yams

/// One key of a recipe's section: how its value is read, checked and written.
///
/// A section is one table of these, so that what is read, what is refused and what is written back
/// can't drift apart.
struct RecipeField<Section>: Sendable {
  let name: String
  /// What the key takes, worded to follow its name.
  let expected: String
  /// Whether the key has a meaning in a section (momentum has none for Adam).
  private(set) var applies: @Sendable (Section) -> Bool = { _ in true }
  /// Stores a value; false when the node is not of the expected kind.
  let read: @Sendable (Node, inout Section) throws(RecipeProblem) -> Bool
  /// The value as it is, allowed or not; nil when there is none and none is needed.
  let write: @Sendable (Section) -> Node?
  let isValid: @Sendable (Section) -> Bool

  /// The same field, refused in sections where it would have no effect.
  func when(_ condition: @escaping @Sendable (Section) -> Bool) -> RecipeField {
    var field = self
    field.applies = condition
    return field
  }
}

extension RecipeField {
  typealias Path<Value> = WritableKeyPath<Section, Value> & Sendable

  static func integer(
    _ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>
  ) -> RecipeField {
    RecipeField(
      name: name, expected: "as an integer of \(range)",
      read: { node, section in store(node.plainText.flatMap { Int($0) }, path, &section) },
      write: { Node("\($0[keyPath: path])", Tag(.int)) },
      isValid: { range.contains($0[keyPath: path]) })
  }

  static func integer(
    _ name: String, _ path: Path<Int?>, _ range: ClosedRange<Int>
  ) -> RecipeField {
    RecipeField(
      name: name, expected: "as an integer of \(range)",
      read: { node, section in store(node.plainText.flatMap { Int($0) }, path, &section) },
      write: { $0[keyPath: path].map { Node("\($0)", Tag(.int)) } },
      isValid: { $0[keyPath: path].map(range.contains) ?? true })
  }

  static func number(
    _ name: String, _ path: Path<Double>, _ range: ClosedRange<Double>
  ) -> RecipeField {
    RecipeField(
      name: name, expected: "as a number of \(range)",
      read: { node, section in store(node.plainText.flatMap { Double($0) }, path, &section) },
      write: { Node($0[keyPath: path].plain, Tag(.float)) },
      isValid: { range.contains($0[keyPath: path]) })
  }

  static func number(
    _ name: String, _ path: Path<Double?>, _ range: ClosedRange<Double>
  ) -> RecipeField {
    RecipeField(
      name: name, expected: "as a number of \(range)",
      read: { node, section in store(node.plainText.flatMap { Double($0) }, path, &section) },
      write: { $0[keyPath: path].map { Node($0.plain, Tag(.float)) } },
      isValid: { $0[keyPath: path].map(range.contains) ?? true })
  }

  static func flag(_ name: String, _ path: Path<Bool>) -> RecipeField {
    RecipeField(
      name: name, expected: "as true or false",
      read: { node, section in store(node.plainText.flatMap { Bool($0) }, path, &section) },
      write: { Node("\($0[keyPath: path])", Tag(.bool)) },
      isValid: { _ in true })
  }

  static func flag(_ name: String, _ path: Path<Bool?>) -> RecipeField {
    RecipeField(
      name: name, expected: "as true or false",
      read: { node, section in store(node.plainText.flatMap { Bool($0) }, path, &section) },
      write: { $0[keyPath: path].map { Node("\($0)", Tag(.bool)) } },
      isValid: { _ in true })
  }

  static func text(_ name: String, _ path: Path<String?>) -> RecipeField {
    RecipeField(
      name: name, expected: "as text",
      read: { node, section in store(node.scalar?.string, path, &section) },
      write: { $0[keyPath: path].map { Node($0) } },
      isValid: { $0[keyPath: path]?.isEmpty != true })
  }

  static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ path: Path<Choice>
  ) -> RecipeField {
    RecipeField(
      name: name, expected: "as one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))",
      read: { node, section in
        store(node.scalar.flatMap { Choice(rawValue: $0.string) }, path, &section)
      },
      write: { Node($0[keyPath: path].rawValue) },
      isValid: { _ in true })
  }

  static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ path: Path<Choice?>
  ) -> RecipeField {
    RecipeField(
      name: name, expected: "as one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))",
      read: { node, section in
        store(node.scalar.flatMap { Choice(rawValue: $0.string) }, path, &section)
      },
      write: { $0[keyPath: path].map { Node($0.rawValue) } },
      isValid: { _ in true })
  }

  /// Names in a list, one at least unless there may be none.
  static func choices<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ path: Path<[Choice]>, canBeEmpty: Bool = false
  ) -> RecipeField {
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return RecipeField(
      name: name, expected: "as a list of \(names)",
      read: { node, section in
        let choices = node.sequence?.map { $0.scalar.flatMap { Choice(rawValue: $0.string) } }
        guard let choices, choices.allSatisfy({ $0 != nil }) else { return false }
        return store(choices.compactMap { $0 }, path, &section)
      },
      write: { section in
        let names = section[keyPath: path].map { Node($0.rawValue) }
        return .sequence(Node.Sequence(names, .implicit, .flow))
      },
      isValid: { canBeEmpty || !$0[keyPath: path].isEmpty })
  }

  /// Two numbers in a list: Adam's decay rates.
  static func pair(
    _ name: String, _ first: Path<Double>, _ second: Path<Double>, _ range: ClosedRange<Double>
  ) -> RecipeField {
    RecipeField(
      name: name, expected: "as a list of two numbers of \(range)",
      read: { node, section in
        guard let list = node.sequence, list.count == 2 else { return false }
        return store(list[0].plainText.flatMap { Double($0) }, first, &section)
          && store(list[1].plainText.flatMap { Double($0) }, second, &section)
      },
      write: { section in
        let numbers = [first, second].map { Node(section[keyPath: $0].plain, Tag(.float)) }
        return .sequence(Node.Sequence(numbers, .implicit, .flow))
      },
      isValid: { range.contains($0[keyPath: first]) && range.contains($0[keyPath: second]) })
  }

  /// Whole numbers in a list, one at least unless the count says otherwise.
  static func integers(
    _ name: String, _ path: Path<[Int]>, _ range: ClosedRange<Int>,
    count: ClosedRange<Int> = 1...1024
  ) -> RecipeField {
    RecipeField(
      name: name, expected: "as a list of integers of \(range)",
      read: { node, section in
        let numbers = node.sequence?.map { $0.plainText.flatMap { Int($0) } }
        guard let numbers, numbers.allSatisfy({ $0 != nil }) else { return false }
        return store(numbers.compactMap { $0 }, path, &section)
      },
      write: { section in
        let numbers = section[keyPath: path].map { Node("\($0)", Tag(.int)) }
        return .sequence(Node.Sequence(numbers, .implicit, .flow))
      },
      isValid: { section in
        let numbers = section[keyPath: path]
        return count ~= numbers.count && numbers.allSatisfy(range.contains)
      })
  }

  /// Texts in a list.
  static func texts(_ name: String, _ path: Path<[String]>) -> RecipeField {
    RecipeField(
      name: name, expected: "as a list of texts",
      read: { node, section in
        let texts = node.sequence?.map { $0.scalar?.string }
        guard let texts, texts.allSatisfy({ $0 != nil }) else { return false }
        return store(texts.compactMap { $0 }, path, &section)
      },
      write: { section in
        let texts = section[keyPath: path].map { Node($0, Tag(.str), .doubleQuoted) }
        return texts.isEmpty ? nil : .sequence(Node.Sequence(texts, .implicit, .flow))
      },
      isValid: { section in
        let texts = section[keyPath: path]
        return texts.allSatisfy { !$0.isEmpty } && Set(texts).count == texts.count
      })
  }

  /// Names with a number each, as a mapping.
  static func numbers(
    _ name: String, _ path: Path<[NamedNumber]>, _ range: ClosedRange<Double>
  ) -> RecipeField {
    RecipeField(
      name: name, expected: "as a mapping of names to numbers of \(range)",
      read: { node, section in
        let pairs = node.mapping?.map { key, value in
          (key.scalar?.string, value.plainText.flatMap { Double($0) })
        }
        guard let pairs, pairs.allSatisfy({ $0 != nil && $1 != nil }) else { return false }
        let numbers = pairs.compactMap { name, number in
          name.flatMap { name in number.map { NamedNumber(name: name, number: $0) } }
        }
        return store(numbers, path, &section)
      },
      write: { section in
        let numbers = section[keyPath: path]
        guard !numbers.isEmpty else { return nil }
        return Node(numbers.map { (Node($0.name), Node($0.number.plain, Tag(.float))) })
      },
      isValid: { $0[keyPath: path].allSatisfy { range.contains($0.number) } })
  }

  /// A section within this one.
  static func section<Inner: RecipeSection>(
    _ name: String, _ path: Path<Inner?>
  ) -> RecipeField {
    RecipeField(
      name: name, expected: "as a section of values that fit together",
      read: { node, section throws(RecipeProblem) in store(try Inner(node), path, &section) },
      write: { $0[keyPath: path]?.node },
      isValid: { section in
        guard let inner = section[keyPath: path] else { return true }
        do { try inner.check() } catch { return false }
        return true
      })
  }

  /// A text for each of some keys, or several with commas between them, which may be a list.
  static func texts(
    _ name: String, _ path: Path<[String: String]>, of keys: [String]
  ) -> RecipeField {
    RecipeField(
      name: name, expected: "as a mapping of \(keys.joined(separator: ", ")) to texts",
      read: { node, section in
        guard case .mapping(let mapping) = node else { return false }
        var texts: [String: String] = [:]
        for (key, value) in mapping {
          let values = value.sequence.map { $0.map(\.scalar?.string) } ?? [value.scalar?.string]
          guard let key = key.scalar?.string, !values.contains(nil) else { return false }
          texts[key] = values.compactMap(\.self).joined(separator: ",")
        }
        return store(texts, path, &section)
      },
      write: { section in
        let texts = section[keyPath: path].sorted { $0.key < $1.key }
        return Node(texts.map { (Node($0.key), Node($0.value, Tag(.str), .doubleQuoted)) })
      },
      isValid: { section in
        section[keyPath: path].allSatisfy { keys.contains($0.key) && !$0.value.isEmpty }
      })
  }

  private static func store<Value>(
    _ value: Value?, _ path: WritableKeyPath<Section, Value>, _ section: inout Section
  ) -> Bool {
    guard let value else { return false }
    section[keyPath: path] = value
    return true
  }

  private static func store<Value>(
    _ value: Value?, _ path: WritableKeyPath<Section, Value?>, _ section: inout Section
  ) -> Bool {
    guard let value else { return false }
    section[keyPath: path] = .some(value)
    return true
  }
}

extension Node {
  /// The text of a scalar without quotes; a quoted number is a text, not a number.
  fileprivate var plainText: String? {
    guard let scalar, scalar.style != .singleQuoted, scalar.style != .doubleQuoted else {
      return nil
    }
    return scalar.string
  }

  /// The node as it is shown in a message.
  var excerpt: String {
    switch self {
    case .scalar(let scalar): RecipeProblem.excerpt(scalar.string)
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }
}

extension Double {
  /// The shortest decimal that reads back as the same number, without a fraction of zero.
  fileprivate var plain: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
