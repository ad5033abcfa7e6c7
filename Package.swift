// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "apus",
  products: [
    .executable(name: "apus", targets: ["ApusCommand"]),
    .library(name: "Apus", targets: ["Apus", "ApusModels", "ApusLayers", "ApusDecoding"]),
    .library(name: "ApusAudio", targets: ["ApusAudio"]),
    .library(name: "ApusText", targets: ["ApusText"]),
    .library(name: "ApusVectors", targets: ["ApusVectors"]),
    .library(name: "ApusTensors", targets: ["ApusTensors"]),
    .library(name: "ApusTraining", targets: ["ApusTraining"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.28.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
  ],
  targets: [
    .executableTarget(
      name: "ApusCommand",
      dependencies: [
        "Apus", "ApusTraining", "ApusVectors", "ApusModels", "ApusText", "ApusAudio", "ApusFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "Apus",
      dependencies: [
        "ApusTraining", "ApusVectors", "ApusModels", "ApusDecoding", "ApusLayers", "ApusTensors",
        "ApusText", "ApusAudio", "ApusFiles",
      ]),
    .target(
      name: "ApusTraining",
      dependencies: [
        "ApusModels", "ApusDecoding", "ApusVectors", "ApusLayers", "ApusTensors", "ApusText",
        "ApusAudio", "ApusFiles", "Yams",
      ]),
    .target(name: "ApusVectors", dependencies: ["ApusTensors", "ApusText", "ApusFiles"]),
    .target(
      name: "ApusModels",
      dependencies: ["ApusDecoding", "ApusVectors", "ApusLayers", "ApusText", "ApusFiles"]),
    .target(name: "ApusDecoding", dependencies: ["ApusTensors", "ApusFiles"]),
    .target(name: "ApusLayers", dependencies: ["ApusTensors"]),
    .target(name: "ApusTensors", dependencies: ["CApusKernels", "ApusFiles"]),
    .target(
      name: "ApusText",
      dependencies: ["ApusFiles", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["SentencePiece/sentencepiece_model.proto"]),
    .target(
      name: "ApusAudio",
      dependencies: ["CApusKernels", "ApusFiles", "CFFTW", "CSampleRate", "CSndFile"]),
    .target(name: "ApusFiles", dependencies: ["CZlib"]),
    .target(
      name: "CApusKernels", dependencies: ["COneDNN"],
      linkerSettings: [.linkedLibrary("dnnl"), .linkedLibrary("gomp"), .linkedLibrary("m")]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CFFTW", providers: [.apt(["libfftw3-dev"])]),
    .systemLibrary(name: "CSampleRate", providers: [.apt(["libsamplerate0-dev"])]),
    .systemLibrary(name: "CSndFile", providers: [.apt(["libsndfile1-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .executableTarget(name: "corpus", path: "corpora/generator"),
    .executableTarget(
      name: "speech-corpus", dependencies: ["ApusAudio", "ApusFiles"],
      path: "corpora/speech/generator"),
    .executableTarget(name: "task-corpus", path: "corpora/tasks/generator"),
    .testTarget(name: "ApusAudioTests", dependencies: ["ApusAudio"], exclude: ["Golden"]),
    .testTarget(name: "ApusFilesTests", dependencies: ["ApusFiles"]),
    .testTarget(name: "ApusTextTests", dependencies: ["ApusText"]),
    .testTarget(
      name: "ApusTensorsTests", dependencies: ["ApusTensors"], exclude: ["Golden"]),
    .testTarget(
      name: "ApusDecodingTests", dependencies: ["ApusDecoding", "ApusTensors", "ApusFiles"],
      exclude: ["Golden"]),
    .testTarget(
      name: "ApusModelsTests", dependencies: ["ApusModels", "ApusDecoding"], exclude: ["Golden"]),
    .testTarget(
      name: "ApusVectorsTests", dependencies: ["ApusVectors"], exclude: ["Golden"]),
    .testTarget(
      name: "ApusTrainingTests", dependencies: ["ApusTraining"], exclude: ["Golden"]),
    .testTarget(
      name: "ApusTests",
      dependencies: ["Apus", "ApusModels", "ApusLayers", "ApusTensors", "ApusText", "ApusFiles"],
      exclude: ["Golden"]),
    .testTarget(
      name: "ApusCommandTests",
      dependencies: [
        "ApusCommand", "Apus", "ApusTraining", "ApusModels", "ApusTensors", "ApusText", "ApusFiles",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
