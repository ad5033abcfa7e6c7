import CSndFile

/// The form of samples without a header.
public struct RawAudio: Sendable, Equatable {
  public enum Encoding: String, Sendable, CaseIterable {
    case unsigned8 = "u8"
    case signed8 = "s8"
    case signed16 = "s16"
    case signed24 = "s24"
    case signed32 = "s32"
    case float32 = "f32"
    case float64 = "f64"
    case muLaw = "mulaw"
    case aLaw = "alaw"
  }

  public var sampleRate: Int
  public var channelCount: Int
  public var encoding: Encoding
  public var isBigEndian: Bool

  public init(
    sampleRate: Int, channelCount: Int = 1, encoding: Encoding = .signed16,
    isBigEndian: Bool = false
  ) {
    self.sampleRate = sampleRate
    self.channelCount = channelCount
    self.encoding = encoding
    self.isBigEndian = isBigEndian
  }

  /// The form as libsndfile wants it.
  var info: SF_INFO {
    let subtype =
      switch encoding {
      case .unsigned8: SF_FORMAT_PCM_U8
      case .signed8: SF_FORMAT_PCM_S8
      case .signed16: SF_FORMAT_PCM_16
      case .signed24: SF_FORMAT_PCM_24
      case .signed32: SF_FORMAT_PCM_32
      case .float32: SF_FORMAT_FLOAT
      case .float64: SF_FORMAT_DOUBLE
      case .muLaw: SF_FORMAT_ULAW
      case .aLaw: SF_FORMAT_ALAW
      }
    let order = isBigEndian ? SF_ENDIAN_BIG : SF_ENDIAN_LITTLE
    var info = SF_INFO()
    info.samplerate = Int32(clamping: sampleRate)
    info.channels = Int32(clamping: channelCount)
    info.format = Int32(SF_FORMAT_RAW | subtype | order)
    return info
  }
}
