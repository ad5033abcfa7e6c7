@testable import ApusTensors

/// What element `index` of a draw is multiplied with, from the words of the key's stream.
func dropoutFactor(_ dropped: Dropped, _ index: Int) -> Double {
  let word = dropped.key.block(UInt64(index / 4))[index % 4]
  return word < UInt32(Double(dropped.rate) * 0x1p32) ? 0 : 1 / (1 - Double(dropped.rate))
}
