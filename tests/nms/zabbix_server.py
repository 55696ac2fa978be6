"""A private Zabbix: PostgreSQL, server and frontend of Debian, each as an unprivileged user.

Nothing of /etc is read or written: PostgreSQL has a cluster of its own that only a Unix socket
leads to, and the frontend is a copy whose one line says where its configuration is.
"""

import getpass
import gzip
import itertools
import json
import os
import shutil
import subprocess

import rig

POSTGRES = "/usr/lib/postgresql/15/bin/"
FRONTEND = "/usr/share/zabbix"
SQL = "/usr/share/zabbix-server-pgsql"
CONFIG_LINE = "const CONFIG_FILE_PATH = '/etc/zabbix/zabbix.conf.php';"
# The account that the schema makes.
FIRST_LOGIN = ("Admin", "zabbix")


def user():
    """Everything of it runs as this one, so that the database trusts whom the kernel names."""
    return "postgres" if os.getuid() == 0 else getpass.getuser()


class Zabbix:
    """start() takes some twenty seconds; the appliance ends the processes with its own."""

    def __init__(self, nms, server):
        self.nms, self.server = nms, server
        self.ids = itertools.count(1)
        self.token = None
        self.port = rig.free_port()
        self.url = f"http://127.0.0.1:{self.port}/api_jsonrpc.php"
        self.traps = os.path.join(nms.folder("zabbix-traps", user()), "traps.log")

    def start(self):
        self.start_database()
        self.start_server()
        self.start_frontend()
        rig.wait_for(lambda: rig.ask(self.url.replace("api_jsonrpc", "robots").replace("php", "txt")),
                     "the frontend")
        self.token = self.call("user.login", user=FIRST_LOGIN[0], password=FIRST_LOGIN[1])

    def run(self, *command, **more):
        done = subprocess.run(rig.as_user(user(), list(command)), text=True, capture_output=True,
                              cwd=self.nms.room, timeout=120, check=False, **more)
        rig.check(done.returncode == 0, f"{command[0]}: {done.stdout[-500:]}{done.stderr[-500:]}")
        return done.stdout

    def start_database(self):
        self.data = self.nms.folder("postgres", user())
        self.run(POSTGRES + "initdb", "-D", self.data, "-A", "peer", "-U", user(), "-E", "UTF8",
                 "--no-sync", "--locale=C.UTF-8")
        self.nms.add("postgres", rig.as_user(user(), [
            POSTGRES + "postgres", "-D", self.data, "-k", self.data, "-c", "listen_addresses=",
            "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]))
        rig.wait_for(lambda: subprocess.run(
            [POSTGRES + "pg_isready", "-q", "-h", self.data], check=False).returncode == 0,
            "PostgreSQL")
        self.run(POSTGRES + "createdb", "-h", self.data, "zabbix")
        text = b"".join(gzip.open(f"{SQL}/{name}.sql.gz").read()
                        for name in ("schema", "images", "data"))
        self.run(POSTGRES + "psql", "-q", "-h", self.data, "-v", "ON_ERROR_STOP=1", "-1", "zabbix",
                 input=text.decode())

    def start_server(self):
        folder = self.nms.folder("zabbix-server", user())
        config = self.nms.write("zabbix_server.conf", f"""\
DBHost={self.data}
DBName=zabbix
DBUser={user()}
ListenIP=127.0.0.1
ListenPort={rig.free_port()}
LogType=console
PidFile={folder}/pid
SocketDir={folder}
CacheUpdateFrequency=1
HousekeepingFrequency=0
StartPollers=2
StartPollersUnreachable=1
StartPingers=0
StartHTTPPollers=0
StartDiscoverers=0
StartSNMPTrapper=1
SNMPTrapperFile={self.traps}
Timeout=10
""", user=user())
        # Net-SNMP's library wants a place for what it knows of engines.
        self.nms.add("zabbix-server", rig.as_user(user(), [self.server, "-f", "-c", config]),
                     {"SNMP_PERSISTENT_DIR": folder, "SNMPCONFPATH": folder, "MIBS": ""})

    def start_frontend(self):
        config = self.nms.write("zabbix.conf.php", f"""\
<?php
$DB['TYPE'] = 'POSTGRESQL';
$DB['SERVER'] = '{self.data}';
$DB['PORT'] = '0';
$DB['DATABASE'] = 'zabbix';
$DB['USER'] = '{user()}';
$DB['PASSWORD'] = '';
$DB['SCHEMA'] = '';
$DB['ENCRYPTION'] = false;
$DB['DOUBLE_IEEE754'] = true;
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
""", user=user())
        frontend = os.path.join(self.nms.room, "frontend")
        shutil.copytree(FRONTEND, frontend, symlinks=True,
                        ignore=shutil.ignore_patterns("locale", "audio", "js", "assets"))
        path = os.path.join(frontend, "include", "classes", "core", "CConfigFile.php")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        rig.check(CONFIG_LINE in text, "the frontend has its configuration elsewhere")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("/etc/zabbix/zabbix.conf.php", config))
        self.nms.add("frontend", rig.as_user(user(), [
            "php", "-d", "memory_limit=256M", "-d", "post_max_size=16M", "-d",
            "max_execution_time=120", "-S", f"127.0.0.1:{self.port}", "-t", frontend]))

    def call(self, method, _list=None, **params):
        """One call of the API; returns the result, fails with what Zabbix says."""
        body = {"jsonrpc": "2.0", "method": method, "params": params if _list is None else _list,
                "id": next(self.ids), "auth": self.token}
        text = rig.ask(self.url, json.dumps(body).encode(),
                       {"Content-Type": "application/json-rpc"}, 120)
        rig.check(text, f"{method}: no answer")
        answer = json.loads(text)
        rig.check("result" in answer, f"{method}: {answer.get('error')}")
        return answer["result"]
