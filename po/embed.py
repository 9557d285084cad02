"""Turn files (.mo, style sheets) into a C file of byte arrays, a 0 behind each: embed.py OUT NAME=FILE ..."""
import sys

with open(sys.argv[1], "w", encoding="ascii") as out:
    for pair in sys.argv[2:]:
        name, path = pair.split("=", 1)
        with open(path, "rb") as mo:
            data = mo.read() + b"\0"
        out.write(f"_Alignas(8) const unsigned char {name}[{len(data)}] = {{\n")
        for i in range(0, len(data), 24):
            out.write("".join(f"{b}," for b in data[i:i + 24]) + "\n")
        out.write("};\n")
