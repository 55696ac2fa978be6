#!/usr/bin/env python3
"""The real drivers on Debian's kernel in an emulated machine, with simulated lines and chips."""

import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "integration")]

from harness import Failure, check, run_one, skip_all, tests_of, wait_for  # noqa: E402
from image import make_image  # noqa: E402
from machine import Machine  # noqa: E402
from prepare import Unavailable, prepare  # noqa: E402

MODULES = ["configfs", "gpio-sim", "i2c-dev", "i2c-stub", "leds-gpio", "ledtrig-timer", "board",
           "ad799x", "ads7828", "lm75", "kxcjk-1013"]


def test_the_board_has_its_chips_and_lines(machine):
    machine.run("pull relay1 up && test $(level relay1) = 1")
    machine.run("pull relay1 down && test $(level relay1) = 0")
    said = machine.run("millivolts 3 2500; cat $(device iio ad7998)/in_voltage3_raw")
    check(said == "3103", f"2500 mV are {said} of 4096 parts of 3300 mV")
    said = machine.run("temperature -5500; cat $(device hwmon lm75)/temp1_input")
    check(said == "-5500", f"-5.5 degrees are {said}")
    said = machine.run("acceleration 0 -500 1000; cd $(device iio kxcjk1013); "
                       "cat in_accel_x_raw in_accel_y_raw in_accel_z_raw")
    check(said.split() == ["0", "-256", "512"], f"half a g down and one up are {said}")


def test_a_light_blinks_without_anybody(machine):
    machine.run("cd /sys/class/leds/cardea:green:stat; echo timer >trigger; "
                "echo 50 >delay_on; echo 50 >delay_off")
    for wanted in "01" * 3:
        wait_for(lambda: machine.run("level cardea:green:stat") == wanted, f"the light to be {wanted}")
    machine.run("echo none >/sys/class/leds/cardea:green:stat/trigger")


def run_all(machine):
    tests = tests_of(sys.modules[__name__])
    print(f"1..{len(tests)}", flush=True)
    return sum(not run_one(number, test, machine) for number, test in enumerate(tests, 1))


def show_console(directory):
    for name in ("qemu.log", "console.log"):
        path = os.path.join(directory, name)
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                for line in file.readlines()[-40:]:
                    print(f"# {name}: {line.rstrip()}")


def main():
    directory = tempfile.mkdtemp(prefix="cardea-kernel.")
    failed = 1
    try:
        kernel = prepare()
        image = os.path.join(directory, "image")
        make_image(image, kernel, MODULES, {}, {})
        with Machine(directory, kernel, image) as machine:
            failed = run_all(machine)
    except Unavailable as error:
        failed = 0
        skip_all(str(error))
    except Failure as error:
        print(f"Bail out! {error}", flush=True)
    finally:
        if failed:
            show_console(directory)
        shutil.rmtree(directory, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
