"""Writes Sources/ApusText/Unicode/UnicodeDecompositions.swift from the Unicode character database.

    pip install unicodedata2==17.0.1
    python unicode_decompositions.py > ../../../Sources/ApusText/Unicode/UnicodeDecompositions.swift
"""

import unicodedata2 as unicode

SCALARS = [v for v in range(0x110000) if not 0xD800 <= v < 0xE000]
HANGUL = range(0xAC00, 0xD7A4)


def entries(is_compatible):
    for value in SCALARS:
        if value in HANGUL:
            continue
        parts = unicode.decomposition(chr(value)).split()
        if not parts or parts[0].startswith("<") != is_compatible:
            continue
        parts = [f"{int(part, 16):x}" for part in parts if not part.startswith("<")]
        # What composition puts together again is written with a plus sign.
        composed = not is_compatible and unicode.normalize("NFC", chr(value)) == chr(value)
        yield f"{value:x}{'+' if composed else '='}{' '.join(parts)}"


def classes():
    runs = []
    for value in SCALARS:
        order = unicode.combining(chr(value))
        if not order:
            continue
        if runs and runs[-1][1] == value and runs[-1][2] == order:
            runs[-1][1] += 1
        else:
            runs.append([value, value + 1, order])
    return [f"{low:x} {high - low:x}={order:x}" for low, high, order in runs]


def write(name, comment, items):
    print(f"\n  /// {comment}")
    print(f'  static let {name} = """')
    line = "   "
    for item in items:
        if len(line) + len(item) + 3 > 100:
            print(line + "\\")
            line = "   "
        line += " " + item + ";"
    print(line)
    print('    """')


print("// Made from the Unicode character database, version", unicode.unidata_version + ",")
print("// by Tests/Peers/tokenizers/unicode_decompositions.py; all numbers are hexadecimal.")
print()
print("/// The data of normalization: decompositions in one step, and combining classes.")
print("enum UnicodeDecompositions {", end="")
write("canonical", "A scalar and its canonical parts; with a plus sign, the parts compose to it.",
      entries(False))
write("compatible", "A scalar and its compatibility parts.", entries(True))
write("combiningClasses", "A first scalar, the length of the run, and the class of all in it.",
      classes())
print("}")
