"""Writes Tests/ApusFilesTests/PNGCase.swift: small PNG files of every colour type, and their shades.

usage: make_png.py

Needs Pillow and NumPy.
"""

import base64
import io
import pathlib

import numpy
from PIL import Image

HEAD = """import Foundation
import Testing

/// A PNG file, and its shades of grey as Pillow gives them.
///
/// Written by Tests/Peers/images/make_png.py.
struct PNGCase: Sendable, CustomTestStringConvertible {
  let name: String
  let width, height: Int
  let values: [Float]
  let text: String

  var testDescription: String { name }
  var bytes: [UInt8] { Data(base64Encoded: text).map(Array.init) ?? [] }

  static let all = [
"""


def cases():
    random = numpy.random.default_rng(5)
    gray = random.integers(0, 256, (7, 11), dtype=numpy.uint8)
    color = random.integers(0, 256, (7, 11, 4), dtype=numpy.uint8)
    yield "gray", Image.fromarray(gray)
    yield "bilevel", Image.fromarray(gray > 127)
    yield "gray16", Image.fromarray(gray.astype(numpy.uint16) * 257)
    yield "grayAlpha", Image.fromarray(color[..., :2], "LA")
    yield "color", Image.fromarray(color[..., :3], "RGB")
    yield "colorAlpha", Image.fromarray(color, "RGBA")
    yield "palette", Image.fromarray(color[..., :3], "RGB").quantize(4)
    # Slopes, which Pillow's encoder stores as differences.
    slope = numpy.add.outer(numpy.arange(40), 3 * numpy.arange(30)).astype(numpy.uint8)
    yield "slope", Image.fromarray(slope)


def shades(image):
    if image.mode == "I;16":
        return numpy.asarray(image).astype(float) / 65535
    if image.mode in ("LA", "RGBA"):
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image.convert("RGBA"))
    return numpy.asarray(image.convert("RGB").convert("L")) / 255


def main():
    rows = []
    for name, image in cases():
        file = io.BytesIO()
        image.save(file, "png")
        values = ", ".join(f"{value:.4g}" for value in shades(image).flatten())
        text = base64.b64encode(file.getvalue()).decode()
        rows.append(
            f'    PNGCase(\n      name: "{name}", width: {image.width}, height: {image.height},\n'
            f"      values: [{values}],\n      text: \"{text}\"),\n"
        )
    root = pathlib.Path(__file__).parents[2]
    (root / "ApusFilesTests/PNGCase.swift").write_text(HEAD + "".join(rows) + "  ]\n}\n")


main()
