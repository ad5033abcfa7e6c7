import ApusFiles

/// The length of MP3, which nothing but the headers of all its blocks tells where the bit rate varies.
///
/// - Source: ISO 11172-3 and 13818-3 have the header; MPEG 2.5 halves the rates once more.
enum MPEGLength {
  /// Kilobits a second of MPEG 1, and of MPEG 2 and 2.5, by a header's number.
  private static let first = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
  private static let second = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]

  /// Counts the frames of a file.
  ///
  /// - Returns: The number of samples a channel; nil where a tag tells it (Xing, Info or VBRI), and
  ///   where the file is not one run of blocks of layer III.
  static func frameCount(of path: String) throws -> Int? {
    let file = try MappedFile(path)
    return withExtendedLifetime(file) { frameCount(file.bytes) }
  }

  private static func frameCount(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var position = tagLength(bytes)
    guard let head = Block(bytes, at: position),
      !["Xing", "Info", "VBRI"].contains(where: { name in
        // Behind the side information, of at most 32 bytes.
        (4...36).contains { starts(bytes, at: position + $0, with: name) }
      })
    else { return nil }
    var count = 0
    while let block = Block(bytes, at: position), block.sampleRate == head.sampleRate {
      count += block.frameCount
      position += block.length
    }
    let isEnd =
      position >= bytes.count || starts(bytes, at: position, with: "TAG")
      || starts(bytes, at: position, with: "APETAGEX")
    return isEnd ? count : nil
  }

  /// The bytes of an ID3v2 tag, whose size has seven bits a byte.
  private static func tagLength(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard bytes.count > 10, starts(bytes, at: 0, with: "ID3") else { return 0 }
    return 10 + bytes[6..<10].reduce(0) { $0 << 7 | Int($1 & 127) }
  }

  private static func starts(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, with name: String
  ) -> Bool {
    bytes.dropFirst(offset).starts(with: name.utf8)
  }

  /// One block's header.
  private struct Block {
    let sampleRate, length, frameCount: Int

    init?(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
      guard let header = bytes.number(at: offset, as: UInt32.self)?.byteSwapped,
        header >> 21 == 0x7FF, header >> 17 & 3 == 1
      else { return nil }
      let (version, rate) = (header >> 19 & 3, Int(header >> 12 & 15))
      let rates = [44_100, 48_000, 32_000]
      guard version != 1, 1...14 ~= rate, header >> 10 & 3 < 3 else { return nil }
      // 3 is MPEG 1, 2 is MPEG 2 and 0 is MPEG 2.5.
      let isFirst = version == 3
      sampleRate = rates[Int(header >> 10 & 3)] / (isFirst ? 1 : version == 2 ? 2 : 4)
      frameCount = isFirst ? 1152 : 576
      let bits = 1000 * (isFirst ? MPEGLength.first : MPEGLength.second)[rate]
      length = frameCount / 8 * bits / sampleRate + Int(header >> 9 & 1)
    }
  }
}
