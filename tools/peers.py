"""Real peers for demo and tests: a private snmpd, snmptrapd and rsyslogd.

Each function writes the peer's configuration below a directory and returns the command that runs
it in the foreground. Nothing outside that directory is read or written; everything listens on
loopback; no password is a default: each state directory has its own.
"""

import glob
import os
import secrets
import shutil
import subprocess

HOST = "127.0.0.1"


def find_program(name):
    """Daemons live in sbin, which a plain user's PATH lacks."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin"
    found = shutil.which(name, path=path)
    if not found:
        raise FileNotFoundError(f"'{name}' is not installed; './run' installs what is needed")
    return found


def write(path, text, mode=0o600):
    """Writes a file that nobody else may read, and leaves it alone when nothing changed."""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as old:
            if old.read() == text:
                return
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)


def secret(directory, name):
    """A password that is made once and kept beside the state."""
    path = os.path.join(directory, name)
    if not os.path.exists(path):
        write(path, secrets.token_hex(16))
    with open(path, encoding="utf-8") as file:
        return file.read()


def mib_directories(source):
    """Where Debian's erlang-snmp keeps the IETF's modules, and ours."""
    return ":".join([os.path.join(source, "mibs"), *glob.glob("/usr/lib/erlang/lib/snmp-*/mibs")])


def agentx(socket):
    """As debian/snmpd.conf.d/cardea.conf."""
    return f"""\
master agentx
agentXSocket unix:{socket}
agentXTimeout 5
agentXRetries 0
"""


def demo_access(directory, source, socket, port, trap_port):
    """What lets the user demo in by version 3, and sends version 2c traps to snmptrapd."""
    os.makedirs(os.path.join(directory, "manager", "cert_indexes"), mode=0o700, exist_ok=True)
    password = secret(directory, "password")
    community = secret(directory, "trap-community")
    # For managers: SNMPCONFPATH=directory snmpwalk ... keeps the password out of command lines.
    write(os.path.join(directory, "snmp.conf"), f"""\
defVersion 3
defSecurityName demo
defSecurityLevel authPriv
defAuthType SHA-256
defPrivType AES
defPassphrase {password}
mibdirs {mib_directories(source)}
mibs CARDEA-NOTIFICATION-MIB:CARDEA-BOARD-MIB:SNMPv2-MIB
persistentDir {directory}/manager
""")
    return f"""\
agentAddress udp:{HOST}:{port}
{agentx(socket)}createUser demo SHA-256 "{password}" AES "{password}"
rwuser demo priv
sysDescr Cardea door controller
trap2sink {HOST}:{trap_port} {community}
"""


def snmpd(directory, source, socket, port, trap_port):
    """The AgentX master, with a version 3 user for the demo and version 2c traps to snmptrapd."""
    lines = demo_access(directory, source, socket, port, trap_port)
    config = os.path.join(directory, "snmpd.conf")
    write(config, lines)
    # Its persistent file is called snmpd.conf too and must not overwrite this one. Debian's own
    # unit leaves out smux as well.
    command = [find_program("snmpd"), "-f", "-C", "-c", config, "-I", "-smux", "-Lf",
               os.path.join(directory, "snmpd.log")]
    persistent = os.path.join(directory, "persistent")
    return command, {"SNMP_PERSISTENT_DIR": persistent, "SNMPCONFPATH": persistent, "MIBS": ""}


def configured_snmpd(directory, source, config, lines):
    """snmpd as the settings want it, on what the snmp role writes into config; lines are added as an
    administrator would add them. Returns the command, its environment and where the lines are.
    """
    include = os.path.join(directory, "snmpd.conf.d")
    state = os.path.join(directory, "state")
    for path in (include, config, os.path.join(state, "cardea")):
        os.makedirs(path, mode=0o700, exist_ok=True)
    write(os.path.join(include, "own.conf"), lines)
    command = [os.path.join(source, "agent", "snmpd-run"), config, state, "-f", "-I", "-smux",
               "-Lf", os.path.join(directory, "snmpd.log")]
    return command, {}, include


def snmptrapd(directory, source, port, output):
    """Writes one line a notification: name = value|name = value."""
    os.makedirs(directory, mode=0o700, exist_ok=True)
    community = secret(directory, "trap-community")
    config = os.path.join(directory, "snmptrapd.conf")
    write(config, f"""\
snmpTrapdAddr udp:{HOST}:{port}
authCommunity log {community}
doNotLogTraps no
format1 %.4y-%.2m-%.2l %.2h:%.2j:%.2k|snmpTrapOID.0 = v1 %N %w %q|%v\\n
format2 %.4y-%.2m-%.2l %.2h:%.2j:%.2k|%V|%v\\n
outputOption QUs
""")
    command = [find_program("snmptrapd"), "-f", "-C", "-c", config, "-Lf", output, "-M",
               mib_directories(source), "-m",
               "CARDEA-NOTIFICATION-MIB:CARDEA-BOARD-MIB:SNMPv2-MIB"]
    return command, {"SNMP_PERSISTENT_DIR": os.path.join(directory, "trapd"),
                     "SNMPCONFPATH": os.path.join(directory, "trapd")}


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def certificates(directory):
    """A CA and a log server's certificate for localhost; made once."""
    os.makedirs(directory, mode=0o700, exist_ok=True)
    ca, ca_key = os.path.join(directory, "ca.pem"), os.path.join(directory, "ca.key")
    cert, key = os.path.join(directory, "server.pem"), os.path.join(directory, "server.key")
    if os.path.exists(cert):
        return ca, cert, key
    request = os.path.join(directory, "server.csr")
    extensions = os.path.join(directory, "server.ext")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", ca_key, "-out", ca, "-days", "825",
            "-subj", "/CN=Cardea demo CA")
    openssl("req", *curve, "-keyout", key, "-out", request, "-subj", "/CN=localhost")
    write(extensions, f"subjectAltName=DNS:localhost,IP:{HOST}\n")
    openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial",
            "-out", cert + ".new", "-days", "825", "-extfile", extensions)
    os.rename(cert + ".new", cert)
    return ca, cert, key


def rsyslogd(directory, port, output):
    """A TLS log server that writes each record as it came."""
    ca, cert, key = certificates(directory)
    config = os.path.join(directory, "rsyslog.conf")
    write(config, f"""\
global(workDirectory="{directory}" maxMessageSize="64k"
       defaultNetstreamDriverCAFile="{ca}" defaultNetstreamDriverCertFile="{cert}"
       defaultNetstreamDriverKeyFile="{key}" parser.escapeControlCharactersOnReceive="off")
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
input(type="imtcp" address="{HOST}" port="{port}" ruleset="write")
template(name="asItCame" type="string" string="%rawmsg%\\n")
ruleset(name="write" queue.type="direct") {{
    action(type="omfile" file="{output}" template="asItCame" fileCreateMode="0600")
}}
""")
    command = [find_program("rsyslogd"), "-n", "-f", config, "-i",
               os.path.join(directory, "rsyslogd.pid")]
    return command, {}
