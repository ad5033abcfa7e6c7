import ApusFiles

extension FeatureSettings {
  /// The settings as the members of `features.json`, those that the kind has a use for.
  public var json: JSONValue { .object(members) }

  private var members: [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = [
      ("kind", .string(kind.rawValue)), ("sample_rate", .integer(sampleRate)),
    ]
    if kind != .waveform { members.append(("step_ms", .number(stepMilliseconds))) }
    if kind == .file {
      members.append(("file_width", .integer(fileWidth)))
    } else {
      members += [("sample_scale", .number(sampleScale)), ("dither", .number(dither))]
    }
    if kind.isSpectral { members += spectralMembers }
    if kind == .logMel || kind == .mfcc { members.append(("mel", mel.json)) }
    if kind == .mfcc {
      members += [
        ("cepstrum_count", .integer(cepstrumCount)), ("lifter", .number(lifter)),
        ("uses_energy", .bool(usesEnergy)),
      ]
    }
    if kind != .waveform { members.append(("delta_order", .integer(deltaOrder))) }
    return members + [("normalization", normalization.json)]
  }

  private var spectralMembers: [(key: String, value: JSONValue)] {
    [
      ("window_ms", .number(windowMilliseconds)), ("window", .string(window.rawValue)),
      ("is_periodic", .bool(isPeriodic)), ("fourier_size", .integer(transformSize)),
      ("edges", .string(edges.rawValue)), ("removes_mean", .bool(removesMean)),
      ("pre_emphasis", .number(preEmphasis)), ("spectrum", .string(spectrum.rawValue)),
      ("logarithm", .string(logarithm.rawValue)), ("logarithm_floor", .number(logarithmFloor)),
    ]
  }

  /// Reads settings from a file.
  ///
  /// - Throws: `FileError`; `InputError` naming a field that is unknown or has another form.
  public init(contentsOf path: String) throws {
    try self.init(JSONField(contentsOf: path))
  }

  /// Reads settings from the members of an object; what is absent keeps its default.
  public init(_ field: JSONField) throws {
    let kind: Kind = try field["kind"].choice()
    self.init(
      kind: kind, sampleRate: try field["sample_rate"].integer(in: 1...1_000_000),
      windowMilliseconds: try field["window_ms"].number(default: 25),
      stepMilliseconds: try field["step_ms"].number(default: 10))
    window = try field["window"].choice(default: window)
    isPeriodic = try field["is_periodic"].bool(default: isPeriodic)
    if !field["fourier_size"].isNull {
      let size = try field["fourier_size"].integer(in: 2...1 << 17)
      fourierSize = size == windowLength ? nil : size
    }
    edges = try field["edges"].choice(default: edges)
    sampleScale = try field["sample_scale"].number(default: sampleScale)
    dither = try field["dither"].number(default: dither)
    removesMean = try field["removes_mean"].bool(default: removesMean)
    preEmphasis = try field["pre_emphasis"].number(default: preEmphasis)
    spectrum = try field["spectrum"].choice(default: spectrum)
    logarithm = try field["logarithm"].choice(default: logarithm)
    logarithmFloor = try field["logarithm_floor"].number(default: logarithmFloor)
    if !field["mel"].isNull { mel = try MelFilters(field["mel"]) }
    if !field["cepstrum_count"].isNull {
      cepstrumCount = try field["cepstrum_count"].integer(in: 1...4096)
    }
    lifter = try field["lifter"].number(default: lifter)
    usesEnergy = try field["uses_energy"].bool(default: usesEnergy)
    if !field["file_width"].isNull { fileWidth = try field["file_width"].integer(in: 1...4096) }
    if !field["delta_order"].isNull { deltaOrder = try field["delta_order"].integer(in: 0...2) }
    if !field["normalization"].isNull {
      normalization = try FeatureNormalization(field["normalization"])
    }
    try field.requireKeys(members.map(\.key))
    try validate(file: field.file)
  }

  /// Writes the settings as a file that appears whole or not at all.
  public func write(to path: String) throws { try writeAtomically(json.text + "\n", to: path) }

  /// The first field in which other settings differ, with the values of these and those.
  public func difference(
    from other: FeatureSettings
  ) -> (field: String, own: String, other: String)? {
    guard self != other else { return nil }
    let (own, others) = (members, other.members)
    for (key, value) in own {
      let found = others.first { $0.key == key }?.value
      if value.text != found?.text { return (key, value.line, found?.line ?? "nothing") }
    }
    let missing = others.first { member in !own.contains { $0.key == member.key } }
    return missing.map { ($0.key, "nothing", $0.value.line) }
  }

  /// Refuses features made by other settings.
  ///
  /// - Parameters:
  ///   - other: The settings that made the features.
  ///   - file: Where they stand.
  /// - Throws: `InputError` naming the field, its value here and there.
  public func require(_ other: FeatureSettings, of file: String) throws {
    guard let difference = difference(from: other) else { return }
    throw InputError(
      file: file, expected: "the feature setting \(difference.field) \(difference.own)",
      found: difference.other)
  }
}

extension FeatureSettings.Kind {
  /// Whether frames are windows that a Fourier transform takes apart.
  var isSpectral: Bool { self == .spectrogram || self == .logMel || self == .mfcc }
}

extension JSONValue {
  /// The value on one line, shortened for errors.
  fileprivate var line: String {
    let words = text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    return words.count > 60 ? "\(words.prefix(57))..." : words
  }
}

extension JSONField {
  /// A finite number, or `absent` where there is none.
  func number(default absent: Double) throws -> Double { isNull ? absent : try number() }

  func number() throws -> Double {
    switch value {
    case .integer(let integer): return Double(integer)
    case .number(let number) where number.isFinite: return number
    default: throw error(expected: "a number")
    }
  }

  /// The case that a string names, or `absent` where there is none.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    default absent: Choice? = nil
  ) throws -> Choice {
    if isNull, let absent { return absent }
    guard case .string(let name) = value, let choice = Choice(rawValue: name) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw error(expected: "one of \(names)")
    }
    return choice
  }

  /// Refuses members that nobody reads.
  func requireKeys(_ known: [String]) throws {
    for (key, _) in try members() where !known.contains(key) {
      throw InputError(
        file: file, expected: "only the keys \(known.joined(separator: ", "))",
        found: path.isEmpty ? key : "\(path).\(key)")
    }
  }
}
