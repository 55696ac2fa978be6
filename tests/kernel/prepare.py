#!/usr/bin/env python3
"""Debian's own kernel for the emulated machine, and the modules that Debian does not build.

    prepare.py [CACHE]        prints the directory that holds it; 77 when it cannot be had here

Everything comes from the machine's own package archive: the image, and the headers, kbuild and
source of the same version. gpio-sim and irq-sim are built from that source, board.c is ours.
Nothing is installed. A later run finds the directory ready, and once a day looks for a newer
kernel. The first time takes 25 s and 220 MB of downloads; 170 MB stay.
"""

import contextlib
import fcntl
import glob
import hashlib
import lzma
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
BOARD = os.path.join(HERE, "board.c")
ARCHITECTURE = "amd64"
# How the names of modules begin that a test may load; the rest of the image's 400 MB stays packed.
FOLDERS = ["crypto/crc32c", "drivers/base/", "drivers/block/virtio", "drivers/char/",
           "drivers/gpio/", "drivers/hwmon/", "drivers/i2c/", "drivers/iio/", "drivers/leds/", "drivers/virtio/",
           "drivers/watchdog/", "fs/configfs/", "fs/ext4/", "fs/jbd2/", "fs/mbcache", "lib/"]
FROM_SOURCE = ["drivers/gpio/gpio-sim.c", "drivers/gpio/gpiolib.h", "kernel/irq/irq_sim.c"]
MAKEFILE = "obj-m += irq-sim.o gpio-sim.o board.o\n"
# Out of the kernel's own tree irq_to_desc() cannot be reached; this is what it stands for.
IRQ_SIM = [("irq_to_desc(irqnum)", "irq_data_to_desc(irq_get_irq_data(irqnum))"),
           ("#include <linux/interrupt.h>\n",
            "#include <linux/interrupt.h>\n#include <linux/irqdesc.h>\n#include <linux/module.h>\n")]
DAY_S = 86400
PROGRAMS = {"apt-get": "apt", "dpkg-deb": "dpkg", "make": "make", "xz": "xz-utils",
            "depmod": "kmod", "strip": "binutils"}


class Unavailable(Exception):
    """Why this machine cannot have the kernel; one line, and no fault of the tree."""


def find_program(name, package=None):
    """Ordinary users have no sbin in their PATH."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise Unavailable(f"there is no {name} (Debian package {package or name})")
    return path


def output(*command, to="", **more):
    """What a program of Debian says; to is what it was asked to do."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False, env={**os.environ, "LC_ALL": "C"}, **more)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise Unavailable(f"{command[0]} cannot {to or command[1]}: {said[-1]}")
    return done.stdout


def dependencies(package):
    return re.findall(r"^\s+Depends: (\S+)$", output("apt-cache", "depends", package, to=f"find {package}"), re.M)


def only_dependency(package):
    """What a package without contents stands for."""
    found = dependencies(package)
    if not found:
        raise Unavailable(f"apt knows no {package}; 'apt-get update' may help")
    return found[0]


class Packages:
    """The names and the version of today's kernel, as apt knows them without asking anybody."""

    def __init__(self):
        find_program("apt-cache", "apt")
        if output("dpkg", "--print-architecture").strip() != ARCHITECTURE:
            raise Unavailable(f"the emulated board is {ARCHITECTURE} only")
        self.image = only_dependency(f"linux-image-{ARCHITECTURE}")
        self.release = self.image.removeprefix("linux-image-")
        self.headers = f"linux-headers-{self.release}"
        parts = dependencies(self.headers)
        self.build = [self.headers, *(name for name in parts
                                      if re.match(r"linux-(headers|kbuild)-", name))]
        # The compiler is a dependency of a dependency; which one it has to be stands in the headers.
        self.source = only_dependency("linux-source")
        policy = output("apt-cache", "policy", self.image)
        self.version = re.search(r"Candidate: (\S+)", policy).group(1)


def download(packages, directory):
    """Into directory; the archive drops old versions, so all of them or none."""
    os.makedirs(directory)
    names = [packages.image, *packages.build, packages.source]
    as_root = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    output("apt-get", "-qq", *as_root, "-o", "Acquire::Retries=1",
           "-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20", "download",
           *(f"{name}={packages.version}" for name in names), to="fetch the kernel", cwd=directory)
    found = {os.path.basename(path).split("_")[0]: path
             for path in glob.glob(os.path.join(directory, "*.deb"))}
    return [found[name] for name in names]


def unpack(package, directory, *tar):
    """Parts of a package, without the whole of it touching the disk."""
    os.makedirs(directory, exist_ok=True)
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as packed:
        subprocess.run(["tar", "-x", "-C", directory, *tar], stdin=packed.stdout, check=True)
        packed.stdout.close()


def unpack_image(package, release, root):
    modules = f"./lib/modules/{release}"
    unpack(package, root, f"./boot/vmlinuz-{release}", "--wildcards", f"{modules}/modules.*",
           *(f"{modules}/kernel/{folder}*" for folder in FOLDERS))
    with open(os.path.join(root, "boot", f"vmlinuz-{release}"), "rb") as file:
        packed = file.read()
    # Decompressing itself costs the emulated machine four seconds of each start.
    start = packed.find(b"\xfd7zXZ\0")
    with open(os.path.join(root, "vmlinux"), "wb") as file:
        file.write(lzma.LZMADecompressor(format=lzma.FORMAT_XZ).decompress(packed[start:]))
    shutil.rmtree(os.path.join(root, "boot"))


def unpack_source(package, name, root):
    """Three files of a package that holds one great archive."""
    wanted = [f"{name}/{path}" for path in FROM_SOURCE]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as outer:
        with subprocess.Popen(["tar", "-xO", "--occurrence=1", f"./usr/src/{name}.tar.xz"],
                              stdin=outer.stdout, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as inner:
            outer.stdout.close()
            subprocess.run(["tar", "-xJ", "--occurrence=1", "--strip-components=3", "-C", root,
                            *wanted], stdin=inner.stdout, stderr=subprocess.DEVNULL, check=True)
            inner.stdout.close()


def adapt(extra):
    """irq-sim is built in or not at all; here it becomes a module."""
    with open(os.path.join(extra, "irq_sim.c"), encoding="utf-8") as file:
        text = file.read()
    for before, after in IRQ_SIM:
        if before not in text:
            raise RuntimeError(f"irq_sim.c of this kernel has no '{before.strip()}'")
        text = text.replace(before, after)
    with open(os.path.join(extra, "irq-sim.c"), "w", encoding="utf-8") as file:
        file.write(text + '\nMODULE_LICENSE("GPL");\n')
    with open(os.path.join(extra, "Makefile"), "w", encoding="utf-8") as file:
        file.write(MAKEFILE)


def relocate(root, release):
    """The headers believe to be in /usr/src; one path says so."""
    makefile = os.path.join(root, "usr", "src", f"linux-headers-{release}", "Makefile")
    with open(makefile, encoding="utf-8") as file:
        text = file.read()
    with open(makefile, "w", encoding="utf-8") as file:
        file.write(text.replace("/usr/src/", "$(CARDEA_KERNEL)/usr/src/"))


def board_stamp():
    with open(BOARD, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def build_modules(root, release):
    """Also when only board.c has changed."""
    extra = os.path.join(root, "extra")
    stamp = os.path.join(extra, "stamp")
    with contextlib.suppress(OSError), open(stamp, encoding="ascii") as file:
        if file.read() == board_stamp():
            return
    headers = os.path.join(root, "usr", "src", f"linux-headers-{release}")
    with open(os.path.join(headers, ".kernelvariables"), encoding="utf-8") as file:
        find_program(re.search(r"\bgcc-\d+\b", file.read()).group())
    shutil.copy(BOARD, extra)
    # A make that runs this one would pass its own variables on.
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "CC", "CFLAGS", "ARCH")}
    done = subprocess.run(["make", "-s", "-C", headers, f"M={extra}", f"CARDEA_KERNEL={root}",
                           "modules"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, env=environment)
    if done.returncode:
        raise RuntimeError(f"the modules cannot be built:\n{done.stdout}")
    folder = os.path.join(root, "lib", "modules", release, "extra")
    os.makedirs(folder, exist_ok=True)
    for module in glob.glob(os.path.join(extra, "*.ko")):
        subprocess.run(["strip", "--strip-debug", "-o",
                        os.path.join(folder, os.path.basename(module)), module], check=True)
    subprocess.run([find_program("depmod", "kmod"), "-b", root, release], check=True)
    with open(stamp, "w", encoding="ascii") as file:
        file.write(board_stamp())


def make(packages, root):
    """A whole new directory, in place only once it is complete."""
    new = root + ".new"
    shutil.rmtree(new, ignore_errors=True)
    try:
        image, *build, source = download(packages, os.path.join(new, "packages"))
        unpack_image(image, packages.release, new)
        for package in build:
            unpack(package, new)
        relocate(new, packages.release)
        extra = os.path.join(new, "extra")
        os.makedirs(extra)
        unpack_source(source, packages.source, extra)
        adapt(extra)
        build_modules(new, packages.release)
        with open(os.path.join(new, "release"), "w", encoding="ascii") as file:
            file.write(packages.release)
        shutil.rmtree(os.path.join(new, "packages"))
        os.rename(new, root)
    finally:
        shutil.rmtree(new, ignore_errors=True)


class Kernel:
    """What prepare() has found or made."""

    def __init__(self, root):
        self.root = root
        with open(os.path.join(root, "release"), encoding="ascii") as file:
            self.release = file.read()
        self.vmlinux = os.path.join(root, "vmlinux")
        self.modules = os.path.join(root, "lib", "modules", self.release)


def default_cache():
    """One for all trees of a user who has a cache directory; else with the build."""
    home = os.environ.get("XDG_CACHE_HOME")
    if home:
        return os.path.join(home, "cardea", "kernel")
    return os.path.join(os.environ.get("CARDEA_BUILDDIR") or os.path.join(SOURCE, "build"),
                        "kernel")


def recipe():
    """What this file makes; a directory that was made otherwise is of no use."""
    text = repr((FOLDERS, FROM_SOURCE, MAKEFILE, IRQ_SIM))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def find_ready(cache):
    found = sorted(glob.glob(os.path.join(cache, f"*-{recipe()}", "release")),
                   key=os.path.getmtime)
    return os.path.dirname(found[-1]) if found else None


def renew(cache):
    """The directory of today's kernel, or that of another day when today's cannot be had."""
    ready = find_ready(cache)
    # Asking apt what it knows takes longer than the emulated machine takes to start.
    if ready and time.time() - os.path.getmtime(os.path.join(ready, "release")) < DAY_S:
        return ready
    try:
        for name, package in PROGRAMS.items():
            find_program(name, package)
        packages = Packages()
        root = os.path.join(cache, f"{packages.version}-{recipe()}")
        if ready != root:
            make(packages, root)
            for old in glob.glob(os.path.join(cache, "*-*", "release")):
                if os.path.dirname(old) != root:
                    shutil.rmtree(os.path.dirname(old))
        os.utime(os.path.join(root, "release"))
        return root
    except Unavailable:
        if not ready:
            raise
        return ready


def prepare(cache=None):
    """A Kernel; raises Unavailable. Two tests at once wait for each other here."""
    cache = os.path.abspath(cache or default_cache())
    try:
        os.makedirs(cache, exist_ok=True)
        with open(os.path.join(cache, "lock"), "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kernel = Kernel(renew(cache))
            build_modules(kernel.root, kernel.release)
            return kernel
    except OSError as error:
        raise Unavailable(f"{cache} cannot be used: {error}") from error


def main():
    try:
        print(prepare(*sys.argv[1:2]).root)
    except Unavailable as error:
        print(f"prepare: {error}", file=sys.stderr)
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
