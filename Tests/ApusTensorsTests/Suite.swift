import Testing

/// All tests of this target, one after the other: some measure the memory pool or set the number of
/// threads, which belong to the process.
@Suite(.serialized) struct TensorTests {}
