#!/bin/bash
# Builds every tests/fuzz/fuzz_*.c with libFuzzer and the sanitizers and runs each for so many
# seconds (60). A target says in comments of its first lines, each as often as needed, what it is
# made of:
#
#   /* sources: lib/json.c lib/util.c */    beside itself
#   /* libs: jansson */                     for pkg-config
#   /* seeds: board/virtual.conf */         inputs to begin with
#
# Corpora, logs and what was found are in build/fuzz, so that the next run goes on from there.
set -u
cd "$(dirname "$0")/../.." || exit 2
seconds=${1:-60}
out=build/fuzz
passed=0
failed=0
flags=(-std=gnu17 -O1 -g -D_GNU_SOURCE -I. -DPACKAGE_VERSION='"fuzz"'
    -fno-omit-frame-pointer -fno-sanitize-recover=undefined
    "-fsanitize=fuzzer,address,undefined")

# The words behind "NAME:" in the file's comments.
words() {
    sed -n "s|^/\* $2: *\(.*\) *\*/\$|\1|p" "$1" | tr '\n' ' '
}

build() {
    local sources libs
    read -ra sources <<< "$(words "$1" sources)"
    read -ra libs <<< "$(words "$1" libs)"
    local links=()
    if [[ ${#libs[@]} -gt 0 ]]; then
        read -ra links <<< "$(pkg-config --cflags --libs "${libs[@]}")"
    fi
    "${CLANG:-clang}" "${flags[@]}" "$1" "${sources[@]}" "${links[@]}" -o "$out/$2"
}

fuzz() {
    local seeds
    read -ra seeds <<< "$(words "$1" seeds)"
    mkdir -p "$out/$2.corpus"
    for seed in "${seeds[@]}"; do
        cp "$seed" "$out/$2.corpus/seed-$(basename "$seed")"
    done
    "$out/$2" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$out/$2-" "$out/$2.corpus"
}

mkdir -p "$out"
for file in tests/fuzz/fuzz_*.c; do
    name=$(basename "$file" .c)
    log=$out/$name.log
    if build "$file" "$name" > "$log" 2>&1 && fuzz "$file" "$name" >> "$log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        echo "ok $name: ${runs:-0} runs"
        passed=$((passed + 1))
    else
        echo "not ok $name: see $log"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
