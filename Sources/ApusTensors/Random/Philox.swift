/// The Philox 4×32 counter-based random function with ten rounds.
///
/// It maps a 128-bit counter under a 64-bit key to 128 random bits, so that any value of a stream
/// can be had without the ones before it and there is no generator state to save.
///
/// - Source: Salmon et al., SC 2011, §4.3; the test vectors are those of Random123.
public enum Philox {
  public static func block(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>
  ) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for _ in 0..<10 {
      let first = UInt64(counter.x) &* 0xD251_1F53
      let second = UInt64(counter.z) &* 0xCD9E_8D57
      counter = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ counter.y ^ key.x,
        UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ counter.w ^ key.y,
        UInt32(truncatingIfNeeded: first))
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }
}
