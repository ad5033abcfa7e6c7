extension ModelCard {
  /// What is true of every model that tells labels of texts apart.
  static let noOtherLabel = "A text of none of the labels gets one of them all the same."

  static let otherTexts = "Expect less on texts of another kind than those it learnt from."

  /// What is true of weights that were chosen by what they are measured on.
  static func chosen(_ weights: String = "The best model is", by data: String) -> String {
    "\(weights) chosen by the validation \(data) above: expect somewhat less on others."
  }

  static func unmeasured(without data: String) -> String {
    "It was not measured: there are no validation \(data)."
  }
}
