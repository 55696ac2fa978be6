#!/usr/bin/env bash
# Builds the Debian packages of the committed tree into OUTDIR and checks what came out. Needs no
# network and no root, installs nothing.
set -euo pipefail

EXPOSURE_MAX=2.0
PACKAGES=(cardea cardea-agent cardea-board cardea-contrib cardea-mibs cardea-syslog cardea-www cardeactl)

[ $# = 1 ] || { echo "Usage: tools/package.sh OUTDIR" >&2; exit 2; }
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
passed=0
failed=0

check() { # NAME COMMAND...: what the command prints is shown when it fails
    local name=$1 said line
    shift
    if said=$("$@" 2>&1); then
        passed=$((passed + 1))
        echo "ok     $name"
    else
        failed=$((failed + 1))
        echo "FAILED $name"
        while read -r line; do echo "       $line"; done <<<"$said"
    fi
}

build() {
    mkdir "$work/cardea"
    git -C "$top" archive HEAD | tar -x -C "$work/cardea"
    (cd "$work/cardea" && dpkg-buildpackage -us -uc -b) >"$out/build.log" 2>&1 || {
        tail -n 20 "$out/build.log" | cut -c1-200 >&2
        echo "The build failed; the whole log is '$out/build.log'." >&2
        exit 1
    }
    rm -f "$out"/*.deb "$out"/*.buildinfo "$out"/*.changes
    cp "$work"/*.deb "$work"/*.buildinfo "$work"/*.changes "$out"
}

one_deb_each() {
    local package
    for package in "${PACKAGES[@]}"; do
        ls "$out/$package"_*.deb
    done
}

quiet_lintian() {
    lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$out"/*.changes
}

# Everything below one root, as an installation would have it.
unpack() {
    local deb
    mkdir "$root"
    for deb in "$out"/*.deb; do
        [[ $deb == *-dbgsym_* ]] || dpkg-deb -x "$deb" "$root"
    done
    units=$(cd "$root/lib/systemd/system" && echo *.service *.socket)
}

exposure_of() { # SERVICE
    systemd-analyze security --offline=true --no-pager "$root/lib/systemd/system/$1" |
        sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p'
}

is_sandboxed() { # SERVICE
    systemd-analyze security --offline=true --no-pager \
        --threshold="${EXPOSURE_MAX/./}" "$root/lib/systemd/system/$1"
}

# What ours refer to is borrowed from this machine: the base system's units, kill(1) and systemctl(1).
units_verify() {
    local said
    cp -an /lib/systemd/system/. "$root/lib/systemd/system/"
    install -D /bin/kill "$root/bin/kill"
    install -D /bin/systemctl "$root/bin/systemctl"
    # shellcheck disable=SC2086
    said=$(systemd-analyze verify --root="$root" --man=no $units 2>&1) || { echo "$said"; return 1; }
    grep -i cardea <<<"$said" && return 1
    return 0
}

# Users and groups that units and tmpfiles name are made by sysusers.d; every Debian has
# dialout and systemd-journal.
users_exist() {
    local known name
    known=$(awk '$1 == "u" || $1 == "g" { print $2 }' "$root"/usr/lib/sysusers.d/*.conf)
    for name in $(sed -n 's/^\(User\|Group\|SupplementaryGroups\)=//p' \
            "$root"/lib/systemd/system/cardea-*.service) \
        $(awk '$1 == "d" { print $4; print $5 }' "$root"/usr/lib/tmpfiles.d/cardea*.conf); do
        [[ $name =~ ^(root|dialout|systemd-journal)$ ]] || grep -qx "$name" <<<"$known" || {
            echo "no user '$name'"
            return 1
        }
    done
}

# In a user namespace every caller of a socket would have the same user: nobody.
callers_are_told_apart() {
    local unit
    for unit in cardea-door cardea-snmp cardea-store; do
        ! grep '^PrivateUsers=' "$root/lib/systemd/system/$unit.service" || return 1
    done
}

man_page_each() {
    local program page
    for program in "$root"/usr/bin/* "$root"/usr/sbin/*; do
        page=$(find "$root/usr/share/man" -name "$(basename "$program").[18].gz")
        [ -n "$page" ] || { echo "'$program' has no manual page"; return 1; }
    done
}

man_pages_clean() {
    local page said
    while read -r page; do
        said=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 \
            man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
        [ -z "$said" ] || { echo "$page: $said"; return 1; }
        lexgrog "$page" >/dev/null || return 1
    done < <(find "$root/usr/share/man" -type f)
}

programs_run() {
    local program
    for program in "$root"/usr/bin/* "$root"/usr/sbin/*; do
        "$program" --version || return 1
    done
}

no_privileged_file() {
    local found
    found=$(find "$root" -xdev \( -perm /6000 -o -perm /0002 ! -type l \))
    [ -z "$found" ] || { echo "$found"; return 1; }
}

# A controller at a door has no virtual board.
board_is_apart() {
    local package
    for package in "${PACKAGES[@]}"; do
        [ "$package" = cardea-board ] && continue
        ! dpkg-deb -c "$out/$package"_*.deb | grep -E 'cardea-board|boards/virtual' || return 1
    done
}

has() { command -v "$1" >/dev/null || { echo "skipped: no $1 on this machine ($2)"; return 1; }; }

build
unpack
echo "Contents:"
for deb in "$out"/*.deb; do
    [[ $deb == *-dbgsym_* ]] && continue
    echo "  $(basename "$deb") ($(dpkg-deb -f "$deb" Installed-Size) KiB installed)"
    dpkg-deb -c "$deb" | awk '$1 !~ /^d/ { sub(/^\./, "", $6); print "    " $6 }'
done
check "there is one package a part" one_deb_each
check "every program says its version" programs_run
check "every program has a manual page" man_page_each
check "no file is privileged or writable for all" no_privileged_file
check "the virtual board is in its own package only" board_is_apart
check "every user that a unit names is made" users_exist
check "door and store see who calls them" callers_are_told_apart
if has lintian "package lintian"; then
    check "lintian finds no error and no warning" quiet_lintian
fi
if has lexgrog "package man-db"; then
    check "the manual pages are clean" man_pages_clean
fi
if has systemd-analyze "package systemd"; then
    for unit in $units; do
        case $unit in *.service)
            check "$unit is sandboxed: exposure $(exposure_of "$unit") of at most $EXPOSURE_MAX" \
                is_sandboxed "$unit" ;;
        esac
    done
    check "systemd understands every unit" units_verify
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
