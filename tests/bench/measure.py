"""What the benchmarks share: the machine, processor time of a process, rows with their limits."""

import os
import platform
import statistics


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return (f"{os.cpu_count()} cores, {model}, Linux {platform.release()}, "
            f"load {os.getloadavg()[0]:.1f}")


def cpu_us(pid, column=0):
    """Processor time of all threads of a process so far."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[column])
    return total // 1000


def waited_us(pid):
    """How long they were ready and had no processor: others' load, which no figure can hide."""
    return cpu_us(pid, column=1)


def median(values):
    return statistics.median(values)


class Rows:
    """Prints one figure a row, beside its limit where it has one, and remembers what missed it."""

    def __init__(self):
        self.missed = []

    def title(self, text):
        print(f"\n{text}\n{'':44} {'value':>10} {'limit':>10} {'of limit':>9}", flush=True)

    def add(self, name, value, unit, limit=None, least=None):
        """A limit is the most that it may be; least is the least."""
        line = f"{', '.join(filter(None, (name, unit))):44} {value:10.2f}"
        if limit or least:
            line += f" {limit or least:10.2f} {value / (limit or least):9.2f}"
            if (limit and value > limit) or (least and value < least):
                line += "  MISSED"
                self.missed.append(name)
            elif least:
                line += "  (at least)"
        print(line, flush=True)

    def note(self, text):
        print(f"  {text}", flush=True)
