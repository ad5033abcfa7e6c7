import Foundation

/// Where points lie in the plane of the two directions in which they differ most.
///
/// Principal components by the products of the centred points with each other, which are fewer than their
/// values: the eigenvectors of that matrix, times the roots of their eigenvalues, are the coordinates.
///
/// - Parameter points: Vectors of one length, at most some hundreds.
/// - Returns: Two coordinates each; 0 in a direction in which all agree.
/// - Source: Gower, "Some distance properties of latent root and vector methods", Biometrika 1966.
func principalPlaces(of points: [[Double]]) -> [SIMD2<Double>] {
  guard let first = points.first else { return [] }
  let mean = first.indices.map { column in
    points.reduce(0) { $0 + $1[column] } / Double(points.count)
  }
  let centred = points.map { zip($0, mean).map { $0 - $1 } }
  var products = centred.map { a in
    centred.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  }
  let scale = points.indices.reduce(0) { $0 + products[$1][$1] }
  var places = [SIMD2<Double>](repeating: .zero, count: points.count)
  for axis in 0..<2 {
    let (value, vector) = dominantEigenvector(of: products)
    // What is left of equal points is rounding.
    guard value > 1e-9 * max(scale, 1e-3) else { break }
    for row in points.indices {
      places[row][axis] = vector[row] * value.squareRoot()
      for column in points.indices { products[row][column] -= value * vector[row] * vector[column] }
    }
  }
  return places
}

/// The greatest eigenvalue of a symmetric, positive matrix and its vector of length 1, by repeated
/// multiplication.
private func dominantEigenvector(of matrix: [[Double]]) -> (value: Double, vector: [Double]) {
  // Any start that is not at a right angle to the result; the sum of the cosines of uneven steps is none.
  var vector = matrix.indices.map { cos(1 + 2.4 * Double($0)) }
  var value = 0.0
  for _ in 0..<1000 {
    let product = matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    value = product.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard value > 0 else { return (0, vector) }
    let next = product.map { $0 / value }
    let change = zip(next, vector).reduce(0) { max($0, abs($1.0 - $1.1)) }
    vector = next
    if change < 1e-12 { break }
  }
  return (value, vector)
}
