import Testing

@testable import ApusTensors

extension TensorTests {
  @Suite struct ConvolutionTests {
    struct Form: CustomTestStringConvertible, Sendable {
      var time: Window
      var across: Window?
      var groups = 1
      var channels = 4
      var outputs = 6
      var bins = 7

      var testDescription: String {
        "\(time.size)/\(time.stride)/\(time.dilation) \(time.padding)"
          + (across.map { " by \($0.size)/\($0.stride)/\($0.dilation) \($0.padding)" } ?? "")
          + (groups > 1 ? " in \(groups) groups of \(channels) and \(outputs)" : "")
      }

      /// With an empty sequence, one shorter than most windows, and one far longer than the rest.
      var offsets: [Int] { [0, 3, 3, 4, 17, 22] }

      var reference: WindowReference {
        WindowReference(
          offsets: offsets, time: time, across: across ?? Window(1),
          bins: across == nil ? 1 : bins, groups: groups)
      }

      /// Sizes of elements: [C] or [F, C].
      func element(_ bins: Int, _ channels: Int) -> [Int] {
        across == nil ? [channels] : [bins, channels]
      }
      var taps: [Int] { [time.size] + (across.map { [$0.size] } ?? []) }
    }

    static let forms: [Form] = [
      Form(time: Window(1)), Form(time: Window(3)), Form(time: Window(3, padding: 2)),
      Form(time: .centred(4)), Form(time: .causal(3, dilation: 2)),
      Form(time: Window(5, stride: 2, padding: (1, 3))),
      Form(time: Window(3, stride: 3, dilation: 3, padding: 4)),
      Form(time: Window(1, stride: 2)),
      Form(time: .centred(3), groups: 2), Form(time: Window(2, stride: 3, padding: 1), groups: 2),
      Form(time: .centred(3), groups: 4, outputs: 8),
      Form(time: .centred(3, dilation: 2), groups: 5, channels: 5, outputs: 5),
      Form(time: Window(4, stride: 2, padding: 3), groups: 3, channels: 3, outputs: 3),
      Form(time: Window(1), across: Window(1)),
      Form(time: .centred(3), across: .centred(3), channels: 3, outputs: 7),
      Form(
        time: Window(3, stride: 2, padding: 1), across: Window(4, stride: 3, padding: 2),
        channels: 1, outputs: 3),
      Form(
        time: Window(2, dilation: 2, padding: 2), across: Window(3, dilation: 2, padding: (0, 1)),
        groups: 2, channels: 2, outputs: 2),
      Form(time: .causal(2), across: Window(3, stride: 2), groups: 2, outputs: 8),
    ]

    @Test(arguments: forms) func agreesWithItsDefinition(_ form: Form) {
      let bins = form.reference.bins
      check(
        "\(form)",
        [
          .wave([22] + form.element(bins, form.channels)),
          .weights([form.outputs, form.channels / form.groups] + form.taps, seed: 2),
          .weights([form.outputs], seed: 3),
        ], tolerance: 1e-5, bfloat16Tolerance: 5e-2,
        { x in
          let elements = Sequences(x[0], offsets: form.offsets)
          let result =
            form.across.map {
              convolution(
                elements, x[1], x[2], over: form.time, across: $0, groupCount: form.groups)
            } ?? convolution(elements, x[1], x[2], over: form.time, groupCount: form.groups)
          #expect(result.offsets == form.reference.windows.offsets)
          return result.values
        },
        reference: { form.reference.convolution($0[0], $0[1], $0[2], channels: form.channels) })
    }

    @Test(arguments: forms) func transposedAgreesWithItsDefinition(_ form: Form) {
      // The elements are windows over sequences that end where the last window does.
      let lengths = zip(form.offsets, form.offsets.dropFirst()).map { $1 - $0 }
      let long = lengths.map { form.time.length(under: $0) }
      var reference = form.reference
      reference.offsets = long.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
      reference.bins = form.across.map { $0.length(under: form.bins) } ?? 1
      // A sequence of whose windows the padding leaves nothing can't be seen from its length.
      guard reference.windows.offsets == form.offsets else { return }
      let whole = reference
      check(
        "\(form)",
        [
          .wave([22] + form.element(form.bins, form.channels)),
          .weights([form.channels, form.outputs / form.groups] + form.taps, seed: 2),
          .weights([form.outputs], seed: 3),
        ], tolerance: 1e-5, bfloat16Tolerance: 5e-2,
        { x in
          let elements = Sequences(x[0], offsets: form.offsets)
          let result =
            form.across.map {
              transposedConvolution(
                elements, x[1], x[2], over: form.time, across: $0, groupCount: form.groups)
            }
            ?? transposedConvolution(
              elements, x[1], x[2], over: form.time, groupCount: form.groups)
          #expect(result.offsets == whole.offsets)
          return result.values
        },
        reference: { whole.transposedConvolution($0[0], $0[1], $0[2], channels: form.channels) })
    }

    /// Windows in more than one block, and enough of them for two threads.
    @Test(arguments: [1, 2, 64]) func largeConvolutionsAgreeWithTheDefinition(_ groups: Int) {
      let offsets = [0, 300, 1100, 1101, 6000]
      let reference = WindowReference(offsets: offsets, time: .centred(5), groups: groups)
      let x = Operand.wave([6000, 64]).tensor(.float32)
      let weight = Operand.weights([64, 64 / groups, 5], seed: 2).tensor(.float32)
      let bias = Operand.weights([64], seed: 3).tensor(.float32)
      let result = convolution(
        Sequences(x.tensor, offsets: offsets), weight.tensor, bias.tensor, over: .centred(5),
        groupCount: groups
      ).values
      expectClose(
        result.floatElements,
        reference.convolution(x.values, weight.values, bias.values, channels: 64), columns: 64,
        limit: 1e-5, "forward")
      // The operation is linear in each operand, so that its gradients are its values on others.
      let seed = Operand.wave([6000, 64], seed: 9).tensor(.float32)
      let gradients = result.gradients(
        of: [x.tensor, weight.tensor], seed: seed.tensor.detached)
      for (gradient, operand) in zip(gradients, [x, weight]) {
        let direction = Operand.wave(operand.tensor.shape, seed: 4).values
        let moved =
          operand.tensor.rank == 2
          ? reference.convolution(
            direction, weight.values, [Double](repeating: 0, count: 64), channels: 64)
          : reference.convolution(
            x.values, direction, [Double](repeating: 0, count: 64), channels: 64)
        let expected = zip(moved, seed.values).reduce(0) { $0 + $1.0 * $1.1 }
        let found = zip(gradient.floatElements, direction).reduce(0) { $0 + Double($1.0) * $1.1 }
        let size = zip(gradient.floatElements, direction).reduce(0) {
          $0 + (Double($1.0) * $1.1).magnitude
        }
        #expect((found - expected).magnitude < 1e-6 * size, "\(found), not \(expected)")
      }
    }

    /// With padding wider than windows some see nothing but it, also where the work is divided: each
    /// element is still under one window.
    @Test func windowsInThePaddingLoseNoGradient() throws {
      let store = ParameterStore(seed: 0)
      let x = store.root.parameter("x", [3 * 6000, 32], .ones)
      let identity = Tensor((0..<32 * 32).map { $0 % 33 == 0 ? Float(1) : 0 }).reshaped([32, 32, 1])
      let result = convolution(
        Sequences(x.value, lengths: Array(repeating: 3, count: 6000)), identity,
        over: Window(1, padding: 2))
      #expect(result.lengths.allSatisfy { $0 == 7 })
      let gradient = result.values.sum().gradients(of: [x])[x]
      #expect(try #require(gradient).floatElements.allSatisfy { $0 == 1 })
    }

    @Test func excessLengthensTheResult() {
      let x = Sequences(Operand.wave([5, 2]).tensor(.float32).tensor, lengths: [2, 3])
      let weight = Operand.weights([2, 3, 3], seed: 2).tensor(.float32).tensor
      let window = Window(3, stride: 2, padding: 1)
      let short = transposedConvolution(x, weight, over: window)
      let long = transposedConvolution(x, weight, over: window, excess: 1)
      #expect(short.lengths == [3, 5] && long.lengths == [4, 6])
      // What was there stays; the last element gets what padding had cut off.
      #expect(
        long.values.rows(0..<3).floatElements == short.values.rows(0..<3).floatElements)
    }
  }
}
