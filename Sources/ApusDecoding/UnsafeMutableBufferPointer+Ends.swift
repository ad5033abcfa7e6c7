extension UnsafeMutableBufferPointer<Float> {
  /// Makes tokens impossible whose logits these are; those of no logit are so already.
  func bar(_ tokens: Set<Int32>) {
    for token in tokens where indices.contains(Int(token)) { self[Int(token)] = -.infinity }
  }
}
