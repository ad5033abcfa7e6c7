import CZlib

/// The bytes of a Portable Network Graphics file.
///
/// - Source: W3C, PNG, third edition.
struct PNGFile {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// What the values of a pixel stand for, by their numbers in the file.
  private enum ColorType: UInt8 {
    case gray = 0
    case color = 2
    case palette = 3
    case grayAlpha = 4
    case colorAlpha = 6

    var channelCount: Int {
      switch self {
      case .gray, .palette: 1
      case .grayAlpha: 2
      case .color: 3
      case .colorAlpha: 4
      }
    }
  }

  private let name: String
  private var width = 0
  private var height = 0
  private var depth = 0
  private var type = ColorType.gray
  private var palette: [UInt8] = []
  private var compressed: [UInt8] = []

  /// Reads the chunks.
  ///
  /// - Throws: `InputError` for a file that is cut off, damaged or interlaced.
  init(_ bytes: UnsafeRawBufferPointer, name: String) throws {
    self.name = name
    var place = Self.signature.count
    var hasEnded = false
    while !hasEnded {
      guard place + 12 <= bytes.count else { throw error("a chunk", "the end of the file") }
      let length = Self.integer(bytes, place)
      guard length <= bytes.count - place - 12 else {
        throw error("a chunk of \(length) bytes", "\(bytes.count - place - 12)")
      }
      let kind = String(decoding: bytes[place + 4..<place + 8], as: UTF8.self)
      let content = UnsafeRawBufferPointer(rebasing: bytes[place + 8..<place + 8 + length])
      let sum = crc32(
        0, bytes.baseAddress?.advanced(by: place + 4).assumingMemoryBound(to: UInt8.self),
        UInt32(length + 4))
      guard Int(sum) == Self.integer(bytes, place + 8 + length) else {
        throw error("the checksum of chunk \(kind)", "another one")
      }
      switch kind {
      case "IHDR": try readHeader(content)
      case "PLTE": palette = Array(content)
      case "IDAT": compressed += content
      case "IEND": hasEnded = true
      default: break
      }
      place += 12 + length
    }
    guard width > 0 else { throw error("a header", "none") }
  }

  private mutating func readHeader(_ content: UnsafeRawBufferPointer) throws {
    guard content.count == 13 else { throw error("a header of 13 bytes", "\(content.count)") }
    (width, height) = (Self.integer(content, 0), Self.integer(content, 4))
    depth = Int(content[8])
    guard width > 0, height > 0, width <= GrayImage.limit / height else {
      throw error("sizes of up to \(GrayImage.limit) pixels", "\(width) × \(height)")
    }
    guard let type = ColorType(rawValue: content[9]), [1, 2, 4, 8, 16].contains(depth),
      depth >= 8 || type == .gray || type == .palette, depth <= 8 || type != .palette
    else { throw error("a known colour type and depth", "\(content[9]) and \(depth)") }
    self.type = type
    guard content[12] == 0 else { throw error("an image that is not interlaced", "one that is") }
  }

  func image() throws -> GrayImage {
    let bitsPerPixel = depth * type.channelCount
    let rowSize = (width * bitsPerPixel + 7) / 8
    var rows = try inflated(count: height * (rowSize + 1))
    try unfilter(&rows, rowSize: rowSize, pixelSize: max(1, bitsPerPixel / 8))
    var values: [Float] = []
    values.reserveCapacity(width * height)
    for row in 0..<height {
      let start = row * (rowSize + 1) + 1
      for column in 0..<width { values.append(try shade(rows, start, column)) }
    }
    return GrayImage(width: width, height: height, values: values)
  }

  private func inflated(count: Int) throws -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count)
    var found = UInt(count)
    let status = uncompress(&result, &found, compressed, UInt(compressed.count))
    guard status == Z_OK, Int(found) == count else {
      throw error("\(count) bytes of pixels", status == Z_OK ? "\(found)" : "damaged data")
    }
    return result
  }

  /// Turns differences to the neighbours of each byte into bytes.
  private func unfilter(_ rows: inout [UInt8], rowSize: Int, pixelSize: Int) throws {
    for row in 0..<height {
      let start = row * (rowSize + 1) + 1
      let filter = rows[start - 1]
      guard filter <= 4 else { throw error("a filter from 0 to 4 in row \(row)", "\(filter)") }
      for column in 0..<rowSize where filter > 0 {
        let left = column < pixelSize ? 0 : Int(rows[start + column - pixelSize])
        let above = row == 0 ? 0 : Int(rows[start + column - rowSize - 1])
        let corner =
          row == 0 || column < pixelSize
          ? 0 : Int(rows[start + column - rowSize - 1 - pixelSize])
        let guess =
          switch filter {
          case 1: left
          case 2: above
          case 3: (left + above) / 2
          default: Self.nearest(left, above, corner)
          }
        rows[start + column] &+= UInt8(truncatingIfNeeded: guess)
      }
    }
  }

  /// Paeth's choice: the neighbour nearest to left + above − corner.
  private static func nearest(_ left: Int, _ above: Int, _ corner: Int) -> Int {
    let estimate = left + above - corner
    let (toLeft, toAbove) = (abs(estimate - left), abs(estimate - above))
    let toCorner = abs(estimate - corner)
    if toLeft <= toAbove && toLeft <= toCorner { return left }
    return toAbove <= toCorner ? above : corner
  }

  /// A pixel of a row that begins at a byte.
  private func shade(_ rows: [UInt8], _ start: Int, _ column: Int) throws -> Float {
    func value(_ channel: Int) -> Int {
      let bit = (column * type.channelCount + channel) * depth
      let byte = Int(rows[start + bit / 8])
      if depth == 16 { return byte << 8 | Int(rows[start + bit / 8 + 1]) }
      return byte >> (8 - depth - bit % 8) & (1 << depth - 1)
    }
    let top = Float(1 << depth - 1)
    /// What is transparent shows white paper.
    func onWhite(_ shade: Float, _ alpha: Int) -> Float {
      1 - Float(alpha) / top * (1 - shade)
    }
    func luma() -> Float {
      Self.luma(Float(value(0)), Float(value(1)), Float(value(2))) / top
    }
    switch type {
    case .gray: return Float(value(0)) / top
    case .grayAlpha: return onWhite(Float(value(0)) / top, value(1))
    case .color: return luma()
    case .colorAlpha: return onWhite(luma(), value(3))
    case .palette:
      let entry = 3 * value(0)
      guard entry + 3 <= palette.count else {
        throw error("colours of the palette's \(palette.count / 3)", "\(value(0))")
      }
      return Self.luma(
        Float(palette[entry]), Float(palette[entry + 1]), Float(palette[entry + 2])) / 255
    }
  }

  /// The brightness of a colour: ITU-R BT.601.
  private static func luma(_ red: Float, _ green: Float, _ blue: Float) -> Float {
    0.299 * red + 0.587 * green + 0.114 * blue
  }

  private static func integer(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Int {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private func error(_ expected: String, _ found: String) -> InputError {
    InputError(file: name, expected: "a PNG image with \(expected)", found: found)
  }
}
