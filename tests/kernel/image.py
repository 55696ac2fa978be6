"""The initramfs of the emulated machine: busybox, modules and programs with their libraries.

Written as an archive directly, so that no directory, no root and no cpio program are needed.
"""

import os
import re
import stat
import subprocess

import prepare

HERE = os.path.dirname(os.path.abspath(__file__))
DIRECTORIES = ["bin", "config", "dev", "etc", "lib", "proc", "root", "run", "sys", "tmp"]
BUSYBOX = "busybox"


class Archive:
    """A cpio archive in the format that the kernel unpacks; everything belongs to root."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.names = set()

    def close(self):
        self.entry("TRAILER!!!", 0, b"")
        self.file.close()

    def pad(self):
        self.file.write(b"\0" * (-self.file.tell() % 4))

    def entry(self, name, mode, data):
        encoded = name.encode() + b"\0"
        fields = [len(self.names) + 1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(encoded), 0]
        self.file.write(b"070701" + b"".join(b"%08x" % field for field in fields) + encoded)
        self.pad()
        self.file.write(data)
        self.pad()
        self.names.add(name)

    def directory(self, name):
        """With those above it."""
        above = os.path.dirname(name)
        if above:
            self.directory(above)
        if name not in self.names:
            self.entry(name, stat.S_IFDIR | 0o755, b"")

    def contents(self, name, data, mode=0o644):
        name = name.lstrip("/")
        if name not in self.names:
            self.directory(os.path.dirname(name))
            self.entry(name, stat.S_IFREG | mode, data)

    def copy(self, name, path):
        with open(path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o111
            self.contents(name, file.read(), 0o755 if mode else 0o644)

    def link(self, name, target):
        if name not in self.names:
            self.entry(name, stat.S_IFLNK | 0o777, target.encode())


def libraries(program):
    done = subprocess.run(["ldd", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, check=False)
    return re.findall(r"(/\S+) \(0x", done.stdout)


def add_busybox(archive):
    path = prepare.find_program(BUSYBOX, "busybox-static")
    if libraries(path):
        raise prepare.Unavailable(f"{path} is not static (Debian package busybox-static)")
    archive.copy(f"bin/{BUSYBOX}", path)
    archive.directory("sbin")
    for applet in prepare.output(path, "--list").split():
        archive.link(f"bin/{applet}", BUSYBOX)
        # Where the kernel looks for it.
        if applet == "modprobe":
            archive.link("sbin/modprobe", f"../bin/{BUSYBOX}")


def add_modules(archive, kernel, wanted):
    """The modules and what they depend on, with a list of just those."""
    with open(os.path.join(kernel.modules, "modules.dep"), encoding="ascii") as file:
        rows = dict(line.rstrip("\n").split(":", 1) for line in file)
    by_name = {os.path.basename(path).removesuffix(".ko").replace("-", "_"): path for path in rows}
    target = f"lib/modules/{kernel.release}"
    listed = []
    for name in wanted:
        path = by_name.get(name.replace("-", "_"))
        if not path:
            raise prepare.Unavailable(f"this kernel has no module {name}")
        for needed in [path, *rows[path].split()]:
            if needed not in listed:
                listed.append(needed)
                archive.copy(f"{target}/{needed}", os.path.join(kernel.modules, needed))
    text = "".join(f"{path}:{rows[path]}\n" for path in listed)
    archive.contents(f"{target}/modules.dep", text.encode())


def add_program(archive, name, path):
    archive.copy(name, path)
    for library in libraries(path):
        archive.copy(library, os.path.realpath(library))


def make_image(path, kernel, modules, programs, files):
    """modules are names; programs and files {path in the machine: path here}."""
    archive = Archive(path)
    try:
        for name in DIRECTORIES:
            archive.directory(name)
        add_busybox(archive)
        add_modules(archive, kernel, modules)
        for name, program in programs.items():
            add_program(archive, name, program)
        for name in sorted(os.listdir(os.path.join(HERE, "guest"))):
            target = "init" if name == "init" else f"etc/{name}"
            archive.copy(target, os.path.join(HERE, "guest", name))
        for name, file in files.items():
            archive.copy(name, file)
    finally:
        archive.close()
