#!/usr/bin/env python3
"""The packages on a Debian machine with systemd: installed, started, configured, killed, rebooted and
purged. It is one machine from the first test to the last."""

import os
import re

import machine
from harness import check, run, wait_for

SERVICES = ["cardea-door", "cardea-snmp", "cardea-store", "cardea-syslog", "cardea-www"]
UPTIME = "1.3.6.1.2.1.1.3.0"
DOORS = "1.3.6.1.4.1.32473"
COMMUNITY = "only-for-tests"


def is_active(rig, unit):
    return rig.said(f"systemctl is-active {unit}") == "active"


def listeners(rig):
    """{(protocol, port)} of what listens on any address."""
    rows = [line.split() for line in rig.do("ss -Hltun").splitlines()]
    return {(row[0], int(row[4].rpartition(":")[2])) for row in rows}


def read(rig, oid, port=161):
    done = rig.run(f"snmpgetnext -v2c -c '{COMMUNITY}' -r0 -t1 -On 127.0.0.1:{port} {oid}")
    return done.stdout.strip() if not done.returncode else ""


def answers_for_us(rig, port=161):
    return read(rig, DOORS, port).startswith(f".{DOORS}.")


def wait_for_us(rig, port=161):
    wait_for(lambda: answers_for_us(rig, port), f"our objects at port {port}", 30)


def complaints(rig):
    text = rig.said("journalctl -b -p err --no-pager -o cat -u 'cardea*' -u snmpd")
    return "" if text == "-- No entries --" else text


def test_everything_runs_after_the_installation(rig):
    check(rig.said("systemctl is-system-running") == "running", rig.said("systemctl --failed"))
    for service in SERVICES[1:]:
        check(is_active(rig, service), rig.said(f"systemctl status {service}"))
    check(not complaints(rig), complaints(rig))


def test_nothing_listens_that_was_not_asked_for(rig):
    check(listeners(rig) == {("tcp", 443)}, f"{listeners(rig)}")


def test_the_door_role_waits_for_a_board_and_then_starts(rig):
    check(not is_active(rig, "cardea-door"), "it runs without a board")
    rig.do("cp /usr/share/cardea/boards/virtual.conf /etc/cardea/board.conf")
    rig.do("systemctl enable --now cardea-board && systemctl start cardea-door")
    wait_for(lambda: "Door control: online" in rig.said("cardeactl status"), "the door role", 30)


def test_no_service_can_do_more_than_it_needs(rig):
    for service in SERVICES:
        status = rig.do(f"cat /proc/{rig.main_pid(service)}/status")
        user = int(re.search(r"^Uid:\s+(\d+)", status, re.M).group(1))
        powers = int(re.search(r"^CapEff:\s+(\w+)", status, re.M).group(1), 16)
        check(user and not powers, f"{service} is user {user} with the capabilities {powers:x}")
        check("NoNewPrivs:\t1" in status and "Seccomp:\t2" in status, f"{service}: {status}")


def test_snmpd_answers_when_it_is_turned_on(rig):
    rig.do(f"echo '{COMMUNITY}' | cardeactl settings set snmp.mode=v1v2c snmp.read_community=-")
    wait_for_us(rig)
    check(rig.run("snmpget -v2c -c public -r0 -t1 127.0.0.1 " + UPTIME).returncode,
          "another community is answered")


def test_a_setting_starts_snmpd_anew(rig):
    rig.do("cardeactl settings set snmp.port=1161")
    wait_for_us(rig, 1161)
    check(("udp", 161) not in listeners(rig), "the former port is open")
    rig.do("cardeactl settings set snmp.port=161")
    wait_for_us(rig)


def test_snmpd_comes_back_when_it_is_killed(rig):
    pid = rig.main_pid("snmpd")
    rig.do(f"kill -9 {pid}")
    wait_for(lambda: rig.main_pid("snmpd") not in (0, pid), "another snmpd", 30)
    wait_for_us(rig)


def test_snmpd_is_ours_after_its_package_was_installed_again(rig):
    pid = rig.main_pid("snmpd")
    rig.do("dpkg -i /srv/packages/snmpd_*.deb")
    wait_for(lambda: rig.main_pid("snmpd") not in (0, pid), "another snmpd", 30)
    wait_for_us(rig)


def test_lines_of_an_administrator_are_read(rig):
    rig.do("echo 'rocommunity monitor 127.0.0.1' > /etc/snmp/snmpd.conf.d/site.conf")
    rig.do("systemctl restart snmpd")
    wait_for(lambda: not rig.run("snmpget -v2c -c monitor -r0 -t1 127.0.0.1 " + UPTIME).returncode,
             "the community of an own line", 30)
    wait_for_us(rig)


def durable(config):
    """contrib's configuration of rsyslog with what its comment offers, in place of the first omfile."""
    offered = re.search(r"^#   action\(type=\"omprog\".*\n(#  .*\n)+", config, re.M).group(0)
    first = re.search(r"^    action\(type=\"omfile\" file=\"/var/log/cardea/events.json\".*\n.*\)\n",
                      config, re.M).group(0)
    return config.replace(offered, "").replace(first, re.sub(r"^#  ", "", offered, flags=re.M))


def test_events_reach_the_disk_of_the_machines_own_rsyslog(rig):
    rig.do("mkdir -p /etc/ssl/cardea && cd /etc/ssl/cardea && openssl req -x509 -newkey rsa:2048"
           " -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout server.key"
           " -out server.pem && cp server.pem ca.pem")
    path = "usr/share/cardea/contrib/rsyslog/cardea.conf"
    with open(os.path.join(rig.root, path), encoding="utf-8") as config:
        text = durable(config.read())
    with open(os.path.join(rig.root, "etc/rsyslog.d/cardea.conf"), "w", encoding="utf-8") as config:
        config.write(text)
    rig.do("mkdir /var/log/cardea && systemctl restart rsyslog")
    rig.do("cardeactl object create log_server name=Own host=localhost transport=tls port=6514"
           " ca_file=/etc/ssl/cardea/ca.pem")
    rig.do("cardeactl log-server test")
    rig.do("cardeactl settings set system.name=Watched")
    wait_for(lambda: "setting.changed" in rig.said("cat /var/log/cardea/events.json"),
             "the event in the file", 30)
    check(rig.said("pgrep -c cardea-write") == "1", "rsyslog does not run cardea-write")


def test_every_role_comes_back_when_it_is_killed(rig):
    before = {service: rig.main_pid(service) for service in SERVICES}
    rig.do(f"kill -9 {' '.join(map(str, before.values()))}")
    for service in SERVICES:
        wait_for(lambda: rig.main_pid(service) not in (0, before[service]) and
                 is_active(rig, service), f"another {service}", 30)
    wait_for(lambda: "Door control: online" in rig.said("cardeactl status"), "the door role", 30)
    wait_for_us(rig)


def test_a_role_that_hangs_is_ended_by_the_service_manager(rig):
    before = {service: rig.main_pid(service) for service in SERVICES}
    rig.do(f"kill -STOP {' '.join(map(str, before.values()))}")
    for service in SERVICES:
        wait_for(lambda: rig.main_pid(service) not in (0, before[service]) and
                 is_active(rig, service), f"another {service}", 90)
    wait_for_us(rig)


def test_a_reboot_keeps_everything(rig):
    head = int(re.search(r"Event log: \d+ to (\d+)", rig.do("cardeactl status")).group(1))
    rig.power_off()
    rig.boot()
    wait_for(lambda: "Door control: online" in rig.said("cardeactl status"), "the door role", 30)
    wait_for_us(rig)
    after = int(re.search(r"Event log: \d+ to (\d+)", rig.do("cardeactl status")).group(1))
    check(after > head, f"the log ended at {head} and ends at {after}")
    check(rig.said("systemctl is-system-running") == "running", rig.said("systemctl --failed"))


def test_purging_leaves_nothing(rig):
    rig.do("rm -r /etc/rsyslog.d/cardea.conf /etc/ssl/cardea /var/log/cardea")  # the test's own
    rig.do("apt-get purge -y 'cardea*'")
    left = rig.said("find / -xdev -name '*cardea*' -not -path '/srv/*' -not -path '/proc/*'"
                    " -not -path '/var/log/journal/*' -not -path '/sys/*'")
    check(not left, f"left behind: {left}")
    wait_for(lambda: is_active(rig, "snmpd"), "snmpd as Debian has it", 30)
    check(rig.said("systemctl is-system-running") == "running", rig.said("systemctl --failed"))


if __name__ == "__main__":
    machine.need()
    run(__name__, made_by=machine.Machine)
