import ApusFiles
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

  @Flag(help: "Print names and summaries as JSON.")
  var json = false

  func validate() throws {
    guard !json || name == nil else { throw ValidationError("--json is for the list of recipes.") }
  }

  func run() throws {
    if let name {
      _ = try Recipe.builtIn(named: name)
      print(Recipe.text(ofBuiltIn: name) ?? "", terminator: "")
      return
    }
    let recipes = try Recipe.names.map { try Recipe.builtIn(named: $0) }
    if json {
      let list: [JSONValue] = recipes.map {
        .object([("name", .string($0.name)), ("summary", .string($0.summary))])
      }
      Output.print(.object([("recipes", .array(list))]))
    } else {
      TextTable(recipes.map { [$0.name, $0.summary] }).lines.forEach { print($0) }
    }
  }
}
