/// The bytes of a portable grey map (PGM: `P2`, `P5`) or bit map (PBM: `P1`, `P4`).
///
/// - Source: Netpbm's pgm(5) and pbm(5).
struct NetpbmFile {
  private let bytes: UnsafeRawBufferPointer
  private let name: String
  private var place = 2
  private let kind: UInt8

  init(_ bytes: UnsafeRawBufferPointer, name: String) throws {
    self.bytes = bytes
    self.name = name
    kind = bytes.count > 2 && bytes[0] == UInt8(ascii: "P") ? bytes[1] &- UInt8(ascii: "0") : 0
    guard [1, 2, 4, 5].contains(kind) else {
      throw InputError(file: name, expected: "a PNG, PGM or PBM image", found: "another file")
    }
  }

  func image() throws -> GrayImage {
    var file = self
    return try file.read()
  }

  private mutating func read() throws -> GrayImage {
    let (width, height) = (try number("a width"), try number("a height"))
    guard width > 0, height > 0, width <= GrayImage.limit / height else {
      throw error("sizes of up to \(GrayImage.limit) pixels", "\(width) × \(height)")
    }
    let isBitMap = kind == 1 || kind == 4
    let top = isBitMap ? 1 : try number("a greatest value")
    guard 1...65_535 ~= top else { throw error("a greatest value from 1 to 65535", "\(top)") }
    let count = width * height
    // In a bit map 1 is black.
    func shade(_ value: Int) throws -> Float {
      guard value <= top else { throw error("values of at most \(top)", "\(value)") }
      return isBitMap ? Float(1 - value) : Float(value) / Float(top)
    }
    var values: [Float] = []
    switch kind {
    case 1: for _ in 0..<count { values.append(try shade(bit())) }
    case 2: for _ in 0..<count { values.append(try shade(number("a value"))) }
    default:
      // One blank stands behind the header.
      place += 1
      let size = top > 255 ? 2 : 1
      let rowSize = isBitMap ? (width + 7) / 8 : width * size
      guard bytes.count - place >= rowSize * height else {
        throw error("\(rowSize * height) bytes of pixels", "\(max(0, bytes.count - place))")
      }
      for row in 0..<height {
        let start = place + row * rowSize
        for column in 0..<width {
          if isBitMap {
            values.append(try shade(Int(bytes[start + column / 8] >> (7 - column % 8) & 1)))
          } else if size == 1 {
            values.append(try shade(Int(bytes[start + column])))
          } else {
            let pair = start + 2 * column
            values.append(try shade(Int(bytes[pair]) << 8 | Int(bytes[pair + 1])))
          }
        }
      }
    }
    return GrayImage(width: width, height: height, values: values)
  }

  /// Passes over blanks, and comments from # to the end of their lines.
  private mutating func skipBlanks() {
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "#") {
        while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { place += 1 }
      } else if ![9, 10, 11, 12, 13, 32].contains(bytes[place]) {
        return
      }
      place += 1
    }
  }

  private mutating func number(_ what: String) throws -> Int {
    skipBlanks()
    let start = place
    var value = 0
    while place < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[place],
      value < GrayImage.limit
    {
      value = 10 * value + Int(bytes[place] - UInt8(ascii: "0"))
      place += 1
    }
    guard place > start else { throw error(what, "something else at byte \(start)") }
    return value
  }

  /// A digit of a bit map in text, where digits need no blanks between them.
  private mutating func bit() throws -> Int {
    skipBlanks()
    guard place < bytes.count, bytes[place] == 48 || bytes[place] == 49 else {
      throw error("0 or 1", "something else at byte \(place)")
    }
    defer { place += 1 }
    return Int(bytes[place]) - 48
  }

  private func error(_ expected: String, _ found: String) -> InputError {
    InputError(file: name, expected: "an image with \(expected)", found: found)
  }
}
