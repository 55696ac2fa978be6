#!/usr/bin/env python3
"""Writes the frames of the tests' own vectors into a corpus: seeds.py CORPUS FILE...

Every string of hex digits in the files that is an OSDP frame becomes three inputs: the frame, a
script that attaches and then receives it, and its code and data alone.
"""

import os
import re
import sys

ATTACH = bytes([7] * 6)
PIECE = 31
MARK, SOM = 0xFF, 0x53
SECURED = 8


def frames(path):
    with open(path, encoding="utf-8") as file:
        # A long vector is written as several strings, one behind the other.
        text = re.sub(r'"\s+"', "", file.read())
    for digits in re.findall(r'"((?:[0-9a-fA-F]{2}){7,})"', text):
        frame = bytes.fromhex(digits)
        if frame[0] == MARK:
            frame = frame[1:]
        if frame[0] == SOM and len(frame) == frame[2] + 256 * frame[3]:
            yield frame


def script(frame):
    """Operation 0 of the scripts receives as many bytes as its upper five bits say."""
    pieces = [frame[at:at + PIECE] for at in range(0, len(frame), PIECE)]
    return ATTACH + b"".join(bytes([len(piece) << 3]) + piece for piece in pieces)


def content(frame):
    start = 5 + (frame[5] if frame[4] & SECURED else 0)
    return frame[start:-2]


def main():
    corpus, *paths = sys.argv[1:]
    for path in paths:
        for number, frame in enumerate(frames(path)):
            for kind, data in (("frame", frame), ("script", script(frame)),
                               ("content", content(frame))):
                name = f"seed-{os.path.basename(path)}-{number}-{kind}"
                with open(os.path.join(corpus, name), "wb") as file:
                    file.write(data)


if __name__ == "__main__":
    main()
