import Testing

@testable import ApusTraining

@Suite struct SentenceRecipeTests {
  private func problem(_ loss: SentenceRecipe.Loss, margin: Double) -> RecipeProblem? {
    var recipe = SentenceRecipe(loss: loss)
    recipe.margin = margin
    do {
      try recipe.checkTogether()
      return nil
    } catch {
      return error
    }
  }

  /// 28.6 are the degrees of ArcFace's paper.
  @Test func marginsAreInTheUnitOfTheirLoss() {
    #expect(problem(.additiveAngularMargin, margin: 28.6)?.expected.contains("radians") == true)
    #expect(problem(.additiveAngularMargin, margin: 0.5) == nil)
    #expect(problem(.contrastive, margin: 2.5)?.expected.contains("cosine distance") == true)
    #expect(problem(.onlineContrastive, margin: 2.5) != nil)
    #expect(problem(.contrastive, margin: 2) == nil && problem(.triplet, margin: 5) == nil)
    #expect(problem(.largeMargin, margin: 2.5) != nil)
  }
}
