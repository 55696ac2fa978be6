#!/usr/bin/env python3
"""Writes the console's files as one C file of tables (www/assets.h).

Each argument is URL=FILE. "{hash}" in a URL becomes a piece of the content's hash, so that
browsers may keep the file for ever, and "{URL}" in a later HTML file becomes the resulting URL.
The same input gives the same output.
"""

import argparse
import gzip
import hashlib
import pathlib

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


def c_bytes(data):
    lines = []
    for start in range(0, len(data), 16):
        lines.append("\t" + ",".join(f"{byte:d}" for byte in data[start:start + 16]) + ",")
    return "\n".join(lines)


def load(argument, urls):
    pattern, _, name = argument.partition("=")
    path = pathlib.Path(name)
    data = path.read_bytes()
    if path.suffix == ".html":
        text = data.decode()
        for placeholder, url in urls.items():
            text = text.replace("{%s}" % placeholder, url)
        data = text.encode()
    digest = hashlib.sha256(data).hexdigest()
    url = pattern.replace("{hash}", digest[:12])
    urls[pattern] = url
    return {
        "url": url,
        "type": TYPES[path.suffix],
        "etag": digest[:32],
        "immutable": "{hash}" in pattern,
        "plain": data,
        "gzip": gzip.compress(data, 9, mtime=0),
    }


def render(files):
    parts = ["/* Made by tools/embed.py; do not edit. */", '#include "www/assets.h"', ""]
    for index, file in enumerate(files):
        for form in ("plain", "gzip"):
            parts.append(f"static const unsigned char {form}_{index}[] = {{")
            parts.append(c_bytes(file[form]))
            parts.append("};")
    parts.append("const struct asset assets[] = {")
    for index, file in enumerate(files):
        parts.append(
            f'\t{{ "{file["url"]}", "{file["type"]}", "W/\\"{file["etag"]}\\"", '
            f'{"true" if file["immutable"] else "false"},\n'
            f"\t  plain_{index}, sizeof(plain_{index}), gzip_{index}, sizeof(gzip_{index}) }},")
    parts += ["};", "", "const size_t assets_count = sizeof(assets) / sizeof(assets[0]);", ""]
    return "\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", required=True)
    parser.add_argument("files", nargs="+", metavar="URL=FILE")
    arguments = parser.parse_args()
    urls = {}
    files = [load(argument, urls) for argument in arguments.files]
    pathlib.Path(arguments.output).write_text(render(files), encoding="ascii")


if __name__ == "__main__":
    main()
