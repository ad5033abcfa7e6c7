import ApusLayers
import ApusModels
import ApusTensors

/// What a head says of inputs, of which both answers and losses are made.
enum HeadOutput {
  /// A row for each text, pair or candidate, [N, L].
  case rows(Tensor)
  /// Rows for the words of each sentence, or for the tokens of each window, [N, L].
  case sequences(Sequences)

  var rows: Tensor {
    guard case .rows(let rows) = self else {
      preconditionFailure("HeadOutput: expected rows, got sequences")
    }
    return rows
  }

  var sequences: Sequences {
    guard case .sequences(let sequences) = self else {
      preconditionFailure("HeadOutput: expected sequences, got rows")
    }
    return sequences
  }

  /// What is said of some of the inputs.
  func part(_ numbers: [Int]) -> HeadOutput {
    switch self {
    case .rows(let rows): return .rows(rows.gathered(numbers.map(Int32.init)))
    case .sequences(let all):
      let ranges = numbers.map { all.offsets[$0]..<all.offsets[$0 + 1] }
      return .sequences(
        Sequences(
          all.values.gathered(ranges.joined().map(Int32.init)), lengths: ranges.map(\.count)))
    }
  }
}

extension TaskModel {
  /// What the head says of inputs, of any task but one of language.
  func said(of inputs: [Input], _ mode: Mode) -> HeadOutput {
    switch config.kind {
    case .tagging: .sequences(emissions(inputs, mode))
    case .answers: .sequences(spans(inputs, mode))
    case .classification, .multilabel, .similarity, .ranking, .choice:
      .rows(outputs(inputs, mode))
    case .language: preconditionFailure("TaskModel: expected a task that answers, got language")
    }
  }
}
