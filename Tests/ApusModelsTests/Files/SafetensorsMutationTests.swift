import ApusFiles
import ApusTensors
import Foundation
import Testing

/// Damaged files end in an error or in tensors, never in a trap.
@Suite struct SafetensorsMutationTests {
  @Test func survivesThousandsOfDamagedFiles() throws {
    let sound = [UInt8](
      try Data(contentsOf: URL(filePath: Golden.directory + "types.safetensors")))
    let directory = try TemporaryDirectory()
    let path = directory.path + "/damaged.safetensors"
    var random = RandomStream(RandomKey(seed: 1, name: "damage"))
    var (refused, read) = (0, 0)
    for _ in 0..<4000 {
      try directory.write(damaged(sound, &random), to: "damaged.safetensors")
      do {
        let file = try SafetensorsFile(contentsOf: path)
        for entry in file.entries where entry.type != "F8_E4M3" {
          _ = try file.tensor(entry.name)
        }
        read += 1
      } catch is InputError {
        refused += 1
      }
    }
    #expect(refused + read == 4000)
    #expect(refused > 2000 && read > 0)
  }

  private func damaged(_ sound: [UInt8], _ random: inout RandomStream) -> [UInt8] {
    var bytes = sound
    // Most of the damage falls on the header, where there is something to understand.
    let headerEnd = 8 + Int(sound[0]) + Int(sound[1]) << 8
    for _ in 0...random.below(4) {
      let place = random.below(random.below(5) == 0 ? bytes.count : min(headerEnd, bytes.count))
      switch random.below(6) {
      case 0: bytes[place] ^= 1 << random.below(8)
      case 1: bytes[place] = UInt8(random.below(256))
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(Array("{}[],:\"0129eE-.\\".utf8)[random.below(16)], at: place)
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + random.below(64)))
      default:
        let end = min(bytes.count, place + random.below(64))
        bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
      }
      if bytes.isEmpty { return bytes }
    }
    return bytes
  }
}
