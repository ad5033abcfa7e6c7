/// A part of a model: named parameters, one initializer, one call.
///
/// The protocol is empty because layers differ in what they take and give. Refining `Sendable`
/// makes the compiler prove that a layer holds no unguarded mutable state.
///
/// Axis letters are those of `Tensor`: N elements over B sequences, C channels, V vocabulary.
public protocol Layer: Sendable {}
