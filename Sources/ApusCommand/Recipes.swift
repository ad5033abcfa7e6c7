import ApusTraining
import ArgumentParser

struct Recipes: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the built-in recipes, or print one.",
    discussion: """
      A recipe is the YAML file of everything that makes a run: model, tokenizer, data, objective \
      and optimization. Print one to start your own from.

      EXAMPLES
        apus recipes
        apus recipes gpt-mini > my-recipe.yaml
      """)

  @Argument(help: "The name of a built-in recipe to print.", completion: .list(Recipe.names))
  var name: String?

  func run() throws {
    if let name {
      _ = try Recipe.builtIn(named: name)
      print(Recipe.text(ofBuiltIn: name) ?? "", terminator: "")
      return
    }
    let width = Recipe.names.map(\.count).max() ?? 0
    for name in Recipe.names {
      let gap = String(repeating: " ", count: width - name.count + 2)
      print("\(name)\(gap)\(try Recipe.builtIn(named: name).summary)")
    }
  }
}
