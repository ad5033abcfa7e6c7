import CApusKernels

/// What this machine's processor can do, and how many of its cores are used.
public enum Processor {
  /// Whether products of bf16 are faster than those of fp32.
  public static var multipliesBFloat16: Bool { apus_multiplies_bf16() }

  /// Whether products of bf16 can be computed at all.
  public static var supportsBFloat16: Bool { apus_supports_bf16() }

  /// The threads that work on an operation, the calling one included.
  public static var threadCount: Int {
    get { Int(apus_thread_count()) }
    set {
      precondition(newValue > 0, "threadCount: expected at least 1, got \(newValue)")
      apus_set_thread_count(Int32(newValue))
    }
  }
}
