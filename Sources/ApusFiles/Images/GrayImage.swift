/// An image of shades of grey, from 0 for black to 1 for white.
public struct GrayImage: Sendable, Equatable {
  public let width, height: Int
  /// Row after row from the top, each from the left.
  public let values: [Float]

  public init(width: Int, height: Int, values: [Float]) {
    precondition(
      width > 0 && height > 0 && values.count == width * height,
      "GrayImage: expected \(width) × \(height) values, got \(values.count)")
    self.width = width
    self.height = height
    self.values = values
  }

  /// More values than any line of text has; sizes beyond are those of broken files.
  static let limit = 1 << 28

  /// Reads a PNG, PGM or PBM file; colours become shades by their luma.
  ///
  /// - Throws: `FileError` if it can't be read; `InputError` naming what is wrong with it.
  public init(contentsOf path: String) throws {
    let file = try MappedFile(path)
    self = try withExtendedLifetime(file) {
      if file.bytes.starts(with: PNGFile.signature) {
        return try PNGFile(file.bytes, name: path).image()
      }
      return try NetpbmFile(file.bytes, name: path).image()
    }
  }

  /// The image in another height and a width in proportion, each value the mean of what it covers.
  public func scaled(toHeight height: Int) -> GrayImage {
    precondition(height > 0, "GrayImage: expected a height above 0")
    guard height != self.height else { return self }
    let scaled = (Double(width) * Double(height) / Double(self.height)).rounded()
    let width = max(1, Int(scaled))
    let columns = Self.shares(from: self.width, to: width)
    let rows = Self.shares(from: self.height, to: height)
    var narrow = [Float](repeating: 0, count: self.height * width)
    for row in 0..<self.height {
      for (column, shares) in columns.enumerated() {
        narrow[row * width + column] = shares.reduce(0) {
          $0 + values[row * self.width + $1.place] * $1.weight
        }
      }
    }
    var result = [Float](repeating: 0, count: height * width)
    for (row, shares) in rows.enumerated() {
      for column in 0..<width {
        result[row * width + column] = shares.reduce(0) {
          $0 + narrow[$1.place * width + column] * $1.weight
        }
      }
    }
    return GrayImage(width: width, height: height, values: result)
  }

  /// What each of the new places covers of the old ones.
  private static func shares(
    from old: Int, to new: Int
  ) -> [[(place: Int, weight: Float)]] {
    let ratio = Double(old) / Double(new)
    return (0..<new).map { place in
      let (start, end) = (Double(place) * ratio, Double(place + 1) * ratio)
      return (Int(start)..<max(Int(start) + 1, Int(end.rounded(.up)))).compactMap { index in
        let covered = min(end, Double(index + 1)) - max(start, Double(index))
        guard index < old, covered > 0 else { return nil }
        return (index, Float(covered / ratio))
      }
    }
  }
}
