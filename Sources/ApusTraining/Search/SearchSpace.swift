import ApusFiles
import ApusTensors
import Foundation
import Yams

/// The values of a recipe that a search tries, by their key paths (`optimizer.learningRate`).
///
/// A list has the values to choose from; a mapping has the ends of a range: `{range: [0, 0.5]}`, with
/// equal parts of the logarithm `{log: [1e-5, 1e-3]}`, or of whole numbers `{integers: [1, 6]}`. With
/// `count` a range stands for as many values at equal distances, ends included, which a grid needs.
public struct SearchSpace: Equatable, Sendable {
  /// A choice of a value for each key path.
  public typealias Assignment = [(path: String, value: String)]

  enum Dimension: Equatable, Sendable {
    case choices([String])
    case numbers(ClosedRange<Double>, isLogarithmic: Bool, count: Int?)
    case integers(ClosedRange<Int>)
  }

  let dimensions: [NamedDimension]
  /// The name that errors give for its origin.
  private let file: String?

  struct NamedDimension: Equatable, Sendable {
    let path: String
    let dimension: Dimension
    /// The line of the key path.
    let row: Int?
  }

  /// Reads a file.
  ///
  /// - Throws: `FileError` if it can't be read; `InputError` naming the key path of what is no set of
  ///   values.
  public init(contentsOf path: String) throws {
    let file = try MappedFile(path)
    guard file.count <= 1 << 20 else {
      throw InputError(
        file: path, expected: "a search space of at most 1 MiB", found: "\(file.count) bytes")
    }
    try self.init(yaml: file.text, file: path)
  }

  /// Reads a text.
  ///
  /// - Throws: As for a file.
  public init(yaml: String, file: String? = nil) throws(InputError) {
    let root: Node?
    do { root = try Yams.compose(yaml: yaml) } catch {
      throw InputError(file: file, expected: "a search space in YAML", found: "\(error)")
    }
    guard let mapping = root?.mapping, !mapping.isEmpty else {
      throw InputError(
        file: file, expected: "a mapping of a recipe's key paths to values to try",
        found: root?.excerpt ?? "nothing")
    }
    var dimensions: [NamedDimension] = []
    for (key, value) in mapping {
      guard let path = key.scalar?.string, let dimension = Dimension(value) else {
        throw InputError(
          file: file, row: value.mark?.line,
          expected:
            "\(key.scalar?.string ?? "a key path") as a list of values, or as {range: [a, b]}, "
            + "{log: [a, b]} or {integers: [a, b]} with a below b",
          found: value.excerpt)
      }
      dimensions.append(NamedDimension(path: path, dimension: dimension, row: key.mark?.line))
    }
    self.dimensions = dimensions
    self.file = file
  }

  /// The recipe of a trial: a text with the values of an assignment.
  ///
  /// - Parameters:
  ///   - text: The recipe in YAML.
  ///   - name: What it is called that does not say.
  ///   - values: What its key paths are set to.
  /// - Returns: The recipe.
  /// - Throws: `InputError` naming the line of the space whose key path or value the recipe can't have.
  public func recipe(
    _ text: String, named name: String, setting values: Assignment
  ) throws -> Recipe {
    do { return try Recipe(text, named: name, setting: values) } catch let problem as RecipeProblem
    {
      var error = problem.error(file: file)
      error.row = row(of: problem)
      throw error
    }
  }

  /// The line of the key path that a problem is about: that of its value, of the unknown key that was
  /// found, or of another key of the section.
  private func row(of problem: RecipeProblem) -> Int? {
    let place = problem.path.joined(separator: ".")
    let key = problem.found.filter { $0 != "\"" }
    let known = [
      dimensions.first { $0.path == place },
      dimensions.first { $0.path == "\(place).\(key)" || $0.path.hasPrefix("\(key).") },
      dimensions.first { $0.path.hasPrefix("\(place).") },
    ]
    return known.compactMap { $0 }.first?.row
  }

  /// The values of a trial, drawn: a function of the seed, the trial's number and the key path.
  public func drawn(trial: Int, seed: UInt64) -> Assignment {
    dimensions.map { named in
      var random = RandomStream(RandomKey(seed: seed, step: trial, name: named.path))
      return (named.path, named.dimension.drawn(&random))
    }
  }

  /// All combinations, the last key path changing first.
  ///
  /// - Throws: `InputError` for a range without a count, or more than 10,000 combinations.
  public func grid() throws(InputError) -> [Assignment] {
    var all: [Assignment] = [[]]
    for named in dimensions {
      guard let values = named.dimension.values else {
        throw InputError(
          expected: "\(named.path) with a count, or as a list, for a grid", found: "a range alone")
      }
      guard all.count * values.count <= 10_000 else {
        throw InputError(expected: "a grid of at most 10000 trials", found: "more")
      }
      all = all.flatMap { former in values.map { former + [(named.path, $0)] } }
    }
    return all
  }
}

extension SearchSpace.Dimension {
  fileprivate init?(_ node: Node) {
    if let list = node.sequence {
      let values = list.compactMap { $0.scalar?.string }
      guard !values.isEmpty, values.count == list.count else { return nil }
      self = .choices(values)
      return
    }
    guard let mapping = node.mapping,
      let kind = mapping.keys.compactMap(\.scalar?.string).first(where: { $0 != "count" }),
      let ends = mapping[kind]?.sequence?.compactMap({ $0.scalar?.string }), ends.count == 2
    else { return nil }
    let count = mapping["count"].map { $0.scalar.flatMap { Int($0.string) } ?? 0 }
    guard count.map({ 2...10_000 ~= $0 }) ?? true,
      mapping.count == (count == nil ? 1 : 2)
    else { return nil }
    switch kind {
    case "integers":
      guard let low = Int(ends[0]), let high = Int(ends[1]), low < high, count == nil,
        low.magnitude <= 1_000_000_000, high.magnitude <= 1_000_000_000
      else { return nil }
      self = .integers(low...high)
    case "range", "log":
      guard let low = Double(ends[0]), let high = Double(ends[1]), low < high, high.isFinite,
        kind == "range" || low > 0
      else { return nil }
      self = .numbers(low...high, isLogarithmic: kind == "log", count: count)
    default: return nil
    }
  }

  fileprivate func drawn(_ random: inout RandomStream) -> String {
    switch self {
    case .choices(let values): values[random.below(values.count)]
    case .integers(let range): "\(range.lowerBound + random.below(range.count))"
    case .numbers(let range, let isLogarithmic, _):
      Self.text(at: random.uniform(), of: range, isLogarithmic: isLogarithmic)
    }
  }

  /// All values; nil where there is no end of them.
  fileprivate var values: [String]? {
    switch self {
    case .choices(let values): values
    case .integers(let range): range.count <= 10_000 ? range.map { "\($0)" } : nil
    case .numbers(let range, let isLogarithmic, let count):
      count.map { count in
        (0..<count).map { index in
          let share = Double(index) / Double(count - 1)
          return Self.text(at: share, of: range, isLogarithmic: isLogarithmic)
        }
      }
    }
  }

  /// A number so far along a range, in as many digits as tell a thousandth of the range apart.
  private static func text(
    at share: Double, of range: ClosedRange<Double>, isLogarithmic: Bool
  ) -> String {
    let (low, high) = (range.lowerBound, range.upperBound)
    let number =
      isLogarithmic ? exp(log(low) + (log(high) - log(low)) * share) : low + (high - low) * share
    let digits = log10(max(abs(low), abs(high)) / (high - low)).rounded(.up)
    let text = String(format: "%.\(4 + Int(min(13, max(0, digits))))g", number)
    guard let rounded = Double(text), range.contains(rounded) else {
      return "\(min(max(number, low), high))"
    }
    return text
  }
}
