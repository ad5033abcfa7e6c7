import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct ConversionTests {
    @Test func roundingIsToNearestEven() {
      let bits: [(UInt32, UInt16)] = [
        (0x3F80_0000, 0x3F80), (0x3F80_8000, 0x3F80), (0x3F80_8001, 0x3F81),
        (0x3F81_8000, 0x3F82), (0x3F80_7FFF, 0x3F80), (0x7F7F_FFFF, 0x7F80),
        (0x7F80_0000, 0x7F80), (0xFF80_0000, 0xFF80), (0x8000_0000, 0x8000),
        (0x0000_8001, 0x0001),
      ]
      let x = Tensor(bits.map { Float(bitPattern: $0.0) })
      #expect(
        x.converted(to: .bfloat16).elements(as: BFloat16.self).map(\.bitPattern)
          == bits.map(\.1))
      for (float, expected) in bits {
        #expect(BFloat16(Float(bitPattern: float)).bitPattern == expected)
      }
      let quiet = Float(bitPattern: 0x7F80_0001)
      #expect(Float(BFloat16(quiet)).isNaN)
      #expect(Tensor([quiet]).converted(to: .bfloat16).floatElements[0].isNaN)
    }

    @Test func kernelAndSwiftAgree() {
      let x = (0..<20_001).map { Float(bitPattern: UInt32($0) &* 214_013 &+ 2_531_011) }
      let kernel = Tensor(x).converted(to: .bfloat16).elements(as: BFloat16.self)
      #expect(kernel == x.map { BFloat16($0) })
    }

    @Test func gradientsKeepTheTypeOfWhatTheyAreFor() {
      let x = Tensor([1, 2] as [Float]).tracked
      let y = x.converted(to: .bfloat16)
      #expect(y.gradients(of: [x], seed: Tensor([BFloat16(3), BFloat16(4)]))[0].type == .float32)
    }
  }
}
