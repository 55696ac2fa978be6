"""Makes persons and credentials by the hundred thousand, as a site would: by import.

    populate(rig, persons=250000, credentials=1000000)

Credential n is the card (facility(n), number(n)) of the format FORMAT, of person n modulo persons.
"""

import os
import subprocess
import time

from appliance import Failure

FORMAT = "h10304"
NUMBERS = 500000


def facility(n):
    return 1 + n // NUMBERS


def number(n):
    return n % NUMBERS


def persons_csv(path, count, profiles):
    given = '"[' + ",".join(f'{{""profile"":{profile}}}' for profile in profiles) + ']"'
    with open(path, "w", encoding="ascii") as file:
        file.write("id,name,reference,profiles\n")
        file.writelines(f"{n},Person {n},R{n},{given}\n" for n in range(1, count + 1))


def credentials_csv(path, count, persons, doors):
    with open(path, "w", encoding="ascii") as file:
        file.write("person,format,facility,card,doors\n")
        file.writelines(f"{n % persons + 1},{FORMAT},{facility(n)},{number(n)},{doors}\n"
                        for n in range(count))


def bring(rig, kind, path):
    """Imports a file; returns how many seconds that took, until the access table was asked for."""
    begun = time.monotonic()
    done = subprocess.run([rig.program("cardeactl"), f"--run-dir={rig.run_dir}", "import", kind,
                           path], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"the import of {kind} failed: {done.stderr[-500:]}")
    return time.monotonic() - begun


def populate(rig, persons, credentials, doors="1 2 3 4", profiles=()):
    """Returns the seconds of both imports. The store's persons must be none before."""
    paths = [os.path.join(rig.state, name) for name in ("persons.csv", "credentials.csv")]
    persons_csv(paths[0], persons, profiles)
    credentials_csv(paths[1], credentials, persons, doors)
    seconds = bring(rig, "persons", paths[0]), bring(rig, "credentials", paths[1])
    for path in paths:
        os.remove(path)
    return seconds
