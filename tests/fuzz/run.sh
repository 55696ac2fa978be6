#!/bin/bash
# Builds tests/fuzz/fuzz_*.c with the sanitizers and feeds them:
#
#   run.sh [--afl] [--minutes N | --seconds N] [TARGET...]
#
# by libFuzzer or, with --afl, by AFL++; each for so long (60 seconds), all or only those named, as
# many at a time as there are processors. A target says in comments of its first lines, each as
# often as needed, what it is made of:
#
#   /* sources: lib/json.c lib/util.c */    beside itself, or a pattern
#   /* libs: jansson */                     for pkg-config
#   /* links: -lcsv */                      for the linker, what pkg-config does not know
#   /* seeds: board/virtual.conf */         inputs to begin with
#   /* vectors: tests/unit/test_x.c */      the same from frames in hex: seeds.py
#
# Corpora, logs and what was found are in build/fuzz, so that the next run goes on from there; both
# fuzzers share a target's corpus.
set -u
cd "$(dirname "$0")/../.." || exit 2
out=build/fuzz
seconds=60
SHORT=20
engine=libfuzzer
targets=()
flags=(-std=gnu17 -O1 -g -D_GNU_SOURCE -I. -DPACKAGE_VERSION='"fuzz"' -fno-omit-frame-pointer)

usage() {
    echo "Usage: ./run fuzz [--afl] [--minutes N | --seconds N] [TARGET...]"
    echo "Targets:"
    for file in tests/fuzz/fuzz_*.c; do
        name=$(basename "$file" .c)
        echo "  ${name#fuzz_}"
    done
}

number() {
    if [[ ! ${2:-} =~ ^[1-9][0-9]{0,4}$ ]]; then
        echo "run fuzz: $1 needs a number" >&2
        exit 2
    fi
}

while [[ $# -gt 0 ]]; do
    case $1 in
    --afl) engine=afl ;;
    --minutes) number "$@" && seconds=$(($2 * 60)) && shift ;;
    --seconds) number "$@" && seconds=$2 && shift ;;
    --help) usage && exit 0 ;;
    *)
        if [[ ! -f tests/fuzz/fuzz_$1.c ]]; then
            echo "run fuzz: there is no target '$1'; ./run fuzz --help lists them" >&2
            exit 2
        fi
        targets+=("$1")
        ;;
    esac
    shift
done
if [[ ${#targets[@]} -eq 0 ]]; then
    for file in tests/fuzz/fuzz_*.c; do
        name=$(basename "$file" .c)
        targets+=("${name#fuzz_}")
    done
fi

# The words behind "NAME:" in the file's comments.
words() {
    sed -n "s|^/\* $2: *\(.*\) *\*/\$|\1|p" "$1" | tr '\n' ' '
}

build() { # FILE PROGRAM
    local sources libs found links
    # shellcheck disable=SC2207 # patterns are wanted: a folder's files need not be listed here
    sources=($(words "$1" sources))
    read -ra libs <<< "$(words "$1" libs)"
    read -ra links <<< "$(words "$1" links)"
    if [[ ${#libs[@]} -gt 0 ]]; then
        read -ra found <<< "$(pkg-config --cflags --libs "${libs[@]}")"
        links+=("${found[@]}")
    fi
    if [[ $engine = afl ]]; then
        AFL_QUIET=1 AFL_USE_ASAN=1 AFL_USE_UBSAN=1 afl-clang-fast "${flags[@]}" \
            -fsanitize=fuzzer "$1" "${sources[@]}" "${links[@]}" -o "$2"
    else
        "${CLANG:-clang}" "${flags[@]}" -fno-sanitize-recover=undefined \
            "-fsanitize=fuzzer,address,undefined" "$1" "${sources[@]}" "${links[@]}" -o "$2"
    fi
}

plant() { # FILE CORPUS
    local seeds vectors
    read -ra seeds <<< "$(words "$1" seeds)"
    read -ra vectors <<< "$(words "$1" vectors)"
    mkdir -p "$2"
    for seed in "${seeds[@]}"; do
        cp "$seed" "$2/seed-$(basename "$seed")"
    done
    [[ ${#vectors[@]} -eq 0 ]] || python3 -B tests/fuzz/seeds.py "$2" "${vectors[@]}"
    # AFL++ wants something to begin with.
    [[ ${#seeds[@]} -gt 0 || ${#vectors[@]} -gt 0 ]] || printf 'seed' > "$2/seed"
}

run_libfuzzer() { # NAME
    "$out/$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$out/$1-" "$out/$1.corpus"
}

run_afl() { # NAME
    local state=$out/$1.afl corpus=$out/$1.corpus
    rm -rf "$state"
    # It tries all of a corpus first; a short run goes on from the seeds alone.
    if [[ $seconds -lt $SHORT ]]; then
        corpus=$out/$1.seeds
        rm -rf "$corpus"
        mkdir "$corpus"
        cp "$out/$1.corpus"/seed* "$corpus"
    fi
    # This machine's core files and clock are nobody's business here.
    AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 \
        afl-fuzz -i "$corpus" -o "$state" -m none -t 10000 -V "$seconds" -- "$out/$1.afl-program" ||
        return 1
    for found in "$state"/default/queue/*+cov; do
        [[ ! -f $found ]] || cp "$found" "$out/$1.corpus/afl-$(sha1sum < "$found" | cut -c 1-16)"
    done
    local stats=$state/default/fuzzer_stats
    sed -n 's/^execs_done *: */stat::number_of_executed_units: /p' "$stats"
    [[ $(sed -n 's/^saved_crashes *: *//p' "$stats") = 0 &&
        $(sed -n 's/^saved_hangs *: *//p' "$stats") = 0 ]]
}

fuzz() { # TARGET
    local name=fuzz_$1 file=tests/fuzz/fuzz_$1.c log program
    program=$out/$name
    log=$out/$name.log
    if [[ $engine = afl ]]; then
        program+=.afl-program
        log=$out/$name.afl.log
    fi
    if build "$file" "$program" > "$log" 2>&1 && plant "$file" "$out/$name.corpus" >> "$log" 2>&1 &&
        "run_$engine" "$name" >> "$log" 2>&1; then
        echo "ok $name ($engine): $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs"
        return 0
    fi
    echo "not ok $name ($engine): see $log"
    return 1
}

mkdir -p "$out"
passed=0
running=0
gather() {
    wait -n && passed=$((passed + 1))
    running=$((running - 1))
}
for target in "${targets[@]}"; do
    [[ $running -lt $(nproc) ]] || gather
    fuzz "$target" &
    running=$((running + 1))
done
while [[ $running -gt 0 ]]; do
    gather
done
failed=$((${#targets[@]} - passed))
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
