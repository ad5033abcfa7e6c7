extension ImbalanceRecipe {
  /// What suits classes of these sizes, by macro F1.
  ///
  /// - Parameter balance: The classes of the texts that are learnt from.
  /// - Returns: The section, nil for none, and on one line why.
  public static func chosen(
    for balance: ClassBalance
  ) -> (section: ImbalanceRecipe?, reason: String) {
    let ratio = (balance.ratio * 10).rounded() / 10
    let sizes = "ratio \(ratio):1, \(balance.rarestCount) texts of the rarest label"
    guard balance.ratio >= evenRatio else {
      return (nil, "\(sizes): nothing to do below \(evenRatio):1")
    }
    var section = ImbalanceRecipe()
    section.logitAdjustment = 1
    return (section, "\(sizes): logits are adjusted by the labels' shares")
  }

  /// Below it, plain cross-entropy serves as well.
  private static let evenRatio = 1.5
}
