"""Turn .mo files into a C file of byte arrays: embed.py OUT NAME=FILE ..."""
import sys

with open(sys.argv[1], "w", encoding="ascii") as out:
    for pair in sys.argv[2:]:
        name, path = pair.split("=", 1)
        with open(path, "rb") as mo:
            data = mo.read()
        out.write(f"_Alignas(8) const unsigned char {name}[{len(data)}] = {{\n")
        for i in range(0, len(data), 24):
            out.write("".join(f"{b}," for b in data[i:i + 24]) + "\n")
        out.write("};\n")
