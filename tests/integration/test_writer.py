#!/usr/bin/env python3
"""contrib/rsyslog/cardea-write: what it confirms is in the file, whatever happens to that."""

import contextlib
import os
import subprocess

from harness import SOURCE, check, run

PROGRAM = os.path.join(SOURCE, "contrib/rsyslog/cardea-write")


class Writer:
    """The program and its file, as omprog has them: each record has an answer."""

    def __init__(self, path, limit="unlimited"):
        self.path = path
        self.process = subprocess.Popen(
            ["prlimit", f"--fsize={limit}", "/usr/bin/python3", PROGRAM, path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        check(self.answer() == "OK", "it does not say that it is ready")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)

    def answer(self):
        return self.process.stdout.readline().decode().strip()

    def write(self, record):
        self.process.stdin.write(record + b"\n")
        self.process.stdin.flush()
        return self.answer()

    def content(self):
        with open(self.path, "rb") as file:
            return file.read()


def test_a_confirmed_record_is_in_the_file(path):
    with Writer(path("confirmed")) as writer:
        for record in (b"one", b"x" * 70000, "Größe\t".encode()):
            check(writer.write(record) == "OK", "a record was refused")
            check(writer.content().endswith(record + b"\n"), "a confirmed record is not there")


def test_a_record_without_room_is_refused_whole(path):
    with Writer(path("full"), limit=10) as writer:
        check(writer.write(b"one") == "OK", "a record with room was refused")
        answer = writer.write(b"longer than the room")
        check(answer.startswith(writer.path) and "OK" not in answer, f"answered with '{answer}'")
        check(writer.content() == b"one\n", "a refused record left something behind")
        check(writer.write(b"two") == "OK" and writer.content() == b"one\ntwo\n",
              "the next record that has room is not there")


def test_a_file_that_was_moved_away_is_opened_anew(path):
    with Writer(path("moved")) as writer:
        writer.write(b"before")
        os.rename(writer.path, path("moved.1"))
        check(writer.write(b"after") == "OK" and writer.content() == b"after\n",
              "it still writes to the moved file")


def test_half_a_record_of_a_killed_writer_stays_alone(path):
    with open(path("killed"), "wb") as file:
        file.write(b"whole\nha")
    with Writer(path("killed")) as writer:
        check(writer.write(b"half") == "OK" and writer.content() == b"whole\nha\nhalf\n",
              "the next record is not on a line of its own")


@contextlib.contextmanager
def paths(state):
    """In place of an appliance: the path of a file in the directory of the run."""
    yield lambda name: os.path.join(state, name)


if __name__ == "__main__":
    run(__name__, made_by=paths)
