import ApusAudio
import ApusFiles
import ApusTensors
import Glibc

/// What a recogniser reads: sound as frames of features, or lines of writing as columns of images.
public enum SpeechInput: Sendable {
  case sound(FeatureExtractor)
  /// Each column of an image, scaled to a height, from the left; 1 for black.
  case image(height: Int)

  /// The values of a frame.
  public var width: Int {
    switch self {
    case .sound(let extractor): extractor.width
    case .image(let height): height
    }
  }

  /// About how many frames an utterance has, from the manifest or the head of its file.
  ///
  /// - Throws: `FileError` or `InputError` for a file that can't be read.
  func frameCount(of utterance: Utterance) throws -> Int {
    guard case .sound(let extractor) = self, case .audio(let path) = utterance.source,
      extractor.settings.kind != .file
    else {
      return try frames(of: utterance).count / width
    }
    let seconds: Double
    if let duration = utterance.duration {
      // The rest of the file is read when its turn comes.
      guard access(path, R_OK) == 0 else {
        throw FileError(file: path, operation: "read", code: errno)
      }
      seconds = duration
    } else {
      let reader = try AudioReader(path)
      guard let frames = reader.frameCount else {
        throw InputError(file: path, expected: "audio of known length", found: "a stream")
      }
      seconds = Double(frames) / Double(reader.sampleRate) - utterance.from
    }
    guard 0...1e9 ~= seconds else {
      throw InputError(
        file: path, expected: "an offset and a duration within the audio", found: "\(seconds) s")
    }
    return extractor.frameCount(Int(seconds * Double(extractor.settings.sampleRate)))
  }

  /// The frames of an utterance, one behind the other.
  ///
  /// - Parameters:
  ///   - utterance: What is read.
  ///   - augmentation: What changes it, and what that draws from; nil leaves it as it is.
  /// - Returns: [T, width]
  /// - Throws: `InputError` naming the file.
  func frames(
    of utterance: Utterance,
    changedBy augmentation: (changes: SpeechAugmentation, random: RandomStream)? = nil
  ) throws(InputError) -> [Float] {
    do {
      switch (self, utterance.source) {
      case (.sound(let extractor), .audio), (.sound(let extractor), .features):
        guard let augmentation else { return try extractor.features(of: utterance) }
        var random = augmentation.random
        return try augmentation.changes.features(of: utterance, extractor, &random)
      case (.image(let height), .image(let path)):
        return try Self.columns(of: GrayImage(contentsOf: path), height: height, file: path)
      case (.sound, .image(let path)):
        throw InputError(file: path, expected: "audio", found: "an image")
      case (.image, .audio(let path)), (.image, .features(let path)):
        throw InputError(file: path, expected: "an image", found: "audio")
      }
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError(
        file: utterance.path, expected: "a file that can be read", found: "\(error)")
    }
  }

  /// More columns than any line of writing has.
  private static let mostColumns = 1 << 18

  /// The columns of an image scaled to a height: [width, height].
  ///
  /// - Throws: `InputError` for an image much wider than high.
  public static func columns(
    of image: GrayImage, height: Int, file: String? = nil
  ) throws(InputError) -> [Float] {
    guard image.width <= mostColumns / height * image.height else {
      throw InputError(
        file: file, expected: "an image of a line of writing",
        found: "one of \(image.width) × \(image.height)")
    }
    let scaled = image.scaled(toHeight: height)
    return (0..<scaled.width).flatMap { column in
      (0..<height).map { 1 - scaled.values[$0 * scaled.width + column] }
    }
  }
}

extension SpeechInput {
  private static let imageKind = "image"

  /// Reads a `features.json`.
  ///
  /// - Throws: `FileError` if it can't be read; `InputError` naming the field that can't be used.
  init(contentsOf path: String) throws {
    let json = try JSONField(contentsOf: path, maximumSize: 1 << 24)
    if try json["kind"].optionalString() == Self.imageKind {
      self = .image(height: try json["height"].integer(in: 1...FeatureRecipe.greatestHeight))
    } else {
      self = .sound(try FeatureExtractor(FeatureSettings(contentsOf: path)))
    }
  }

  /// Writes a `features.json`.
  ///
  /// - Throws: `FileError` if it can't be written.
  func write(to path: String) throws {
    switch self {
    case .sound(let extractor): try extractor.settings.write(to: path)
    case .image(let height):
      let json = JSONValue.object([
        ("kind", .string(Self.imageKind)), ("height", .integer(height)),
      ])
      try writeAtomically(json.text + "\n", to: path)
    }
  }
}
