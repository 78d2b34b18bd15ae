#!/usr/bin/env bash
# How long uapi-check takes on real kernels: five runs of each, the shortest and the middle one. Runs are
# cold unless the name says warm: a warm run finds the report of the one before, and "headers warm" only
# the headers.
#
# Usage: deploy/dev/bench.sh PROGRAM REPOSITORY
# ABIDIFF names the abidiff that scripts/check-uapi.sh is to use, as it does for that script itself.
set -euo pipefail

program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A commit that touches one header, on top of v6.12, in a repository that borrows the objects.
git clone --quiet --bare --shared "$2" "$work/linux.git"
export GIT_DIR=$work/linux.git GIT_INDEX_FILE=$work/index
export GIT_AUTHOR_NAME=bench GIT_AUTHOR_EMAIL=bench@example.org
export GIT_COMMITTER_NAME=bench GIT_COMMITTER_EMAIL=bench@example.org
header=include/uapi/linux/if_link.h
git read-tree v6.12
blob=$(git show "v6.12:$header" | sed 's/^\tIFLA_ADDRESS,/\tIFLA_BENCH,\n&/' | git hash-object -w --stdin)
git update-index --cacheinfo "100644,$blob,$header"
one=$(git commit-tree -p 'v6.12^{commit}' -m 'one header' "$(git write-tree)")
blob=$(git show v6.12:README | git hash-object -w --stdin)
git read-tree v6.12
git update-index --add --cacheinfo "100644,$blob,README.bench"
none=$(git commit-tree -p 'v6.12^{commit}' -m 'no header' "$(git write-tree)")

# A commit that touches what nearly every header includes.
header=include/uapi/linux/types.h
git read-tree v6.12
blob=$(git show "v6.12:$header" | sed 's/^typedef __u32 __bitwise __wsum;/&\ntypedef __u64 __bitwise __bench64;/' |
    git hash-object -w --stdin)
git update-index --cacheinfo "100644,$blob,$header"
types=$(git commit-tree -p 'v6.12^{commit}' -m 'types.h' "$(git write-tree)")

# series BRANCH COMMITS: so many commits on top of v6.12, of which 20 touch a header each, evenly spread.
headers=$(git ls-tree --name-only v6.12:include/uapi/linux | grep '^[a-i].*\.h$' | head -20)
series() {
    local number step=$(($2 / 20)) header touched=0
    for ((number = 0; number < $2; number++)); do
        printf 'commit refs/heads/%s\ncommitter bench <bench@example.org> %d +0000\n' \
            "$1" $((1750000000 + number))
        printf 'data 6\ncommit\n'
        [ "$number" -gt 0 ] || printf 'from refs/tags/v6.12^0\n'
        if ((number % step == 0 && touched < 20)); then
            touched=$((touched + 1))
            header=include/uapi/linux/$(sed -n "${touched}p" <<<"$headers")
            { git show "v6.12:$header"; echo "#define UAPI_CHECK_BENCH_$number $number"; } >"$work/text"
            printf 'M 100644 inline %s\ndata %d\n' "$header" "$(stat -c %s "$work/text")"
            cat "$work/text"
        else
            printf 'M 100644 inline drivers/bench.c\ndata <<.\nint x%d;\n.\n' "$number"
        fi
        echo
    done | git fast-import --quiet
}
series short 50
series long 500

# timed NAME ARGUMENTS...: wall seconds; findings are no failure here, status 2 is.
timed() {
    local name=$1 run seconds=() status cache=--no-cache
    shift
    case $name in
        *warm)
            cache=--cache-dir=$work/cache
            "$program" --repo "$work/linux.git" --fail-on never --output /dev/null "$cache" "$@" || true
            ;;
    esac
    for run in 1 2 3 4 5; do
        case $name in
            # Without the reports, which are larger than any header.
            *headers\ warm) find "$work/cache/entries" -type f -size +64k -delete ;;
        esac
        local start end
        start=$(date +%s%N) status=0
        "$program" --repo "$work/linux.git" --fail-on never --output /dev/null "$cache" "$@" || status=$?
        end=$(date +%s%N)
        [ "$status" -ne 2 ] || exit 2
        seconds+=("$(((end - start) / 1000000))")
    done
    mapfile -t seconds < <(printf '%s\n' "${seconds[@]}" | sort -n)
    printf '%-40s shortest %6d ms   middle %6d ms\n' "$name" "${seconds[0]}" "${seconds[2]}"
}

# memory NAME ARGUMENTS...: the most that all processes of one run hold together, each shared page counted
# once, looked at every 50 ms.
memory() {
    local name=$1 run most=0 now
    shift
    "$program" --repo "$work/linux.git" --fail-on never --output /dev/null --no-cache "$@" &
    run=$!
    while kill -0 "$run" 2>/dev/null; do
        now=$({ for process in "$run" $(pgrep -P "$run"); do
            cat "/proc/$process/smaps_rollup" 2>/dev/null || true
        done; } | awk '/^Pss:/ { sum += $2 } END { print int(sum / 1024) }')
        [ "$now" -le "$most" ] || most=$now
        sleep 0.05
    done
    wait "$run" || [ $? -ne 2 ]
    printf '%-40s %6d MiB at most\n' "$name" "$most"
}

# Who must agree where every header of v6.12 is new: MAINTAINERS read, and some 1400 files held against it.
git read-tree v6.12
git ls-tree -r --name-only v6.12 | grep -E '^(arch/[a-z0-9]+/)?include/uapi/.*\.h$' |
    sed 's/^/0 0000000000000000000000000000000000000000\t/' | git update-index --index-info
without=$(git commit-tree -p 'v6.12^{commit}' -m 'no headers' "$(git write-tree)")
all=$(git commit-tree -p "$without" -m 'all headers' 'v6.12^{tree}')
owners() {
    local run times=()
    for run in 0 1 2 3 4 5; do
        "$program" --repo "$work/linux.git" --fail-on never --format json --target all \
            --cache-dir="$work/cache" --output "$work/report" "$without..$all" || [ $? -ne 2 ]
        # The first run reads the headers, too, and its figure is none of a warm one.
        [ "$run" -eq 0 ] || times+=("$(sed -n 's/^    "approve": \([0-9]*\).*/\1/p' "$work/report")")
    done
    mapfile -t times < <(printf '%s\n' "${times[@]}" | sort -n)
    printf '%-40s shortest %6d ms   middle %6d ms\n' "$1" "${times[0]}" "${times[2]}"
}

owners 'who must agree, every header'
timed 'no header changed' --target all "$none"
for targets in x86_64 all; do
    timed "one header, $targets" --target "$targets" "$one"
    timed "one header, $targets, warm" --target "$targets" "$one"
    timed "v6.1..v6.12, $targets" --target "$targets" v6.1..v6.12
    timed "v6.1..v6.12, $targets, headers warm" --target "$targets" v6.1..v6.12
    timed "v6.1..v6.12, $targets, warm" --target "$targets" v6.1..v6.12
done
timed 'linux/types.h, all targets' --target all "$types"
memory 'v6.1..v6.12, all targets, memory' --target all v6.1..v6.12
# Only the commits that touch headers cost: the second line of each pair is hardly longer.
for targets in x86_64 all; do
    timed "20 of 50 commits, $targets" --target "$targets" --per-commit v6.12..short
    timed "20 of 500 commits, $targets" --target "$targets" --per-commit v6.12..long
done

# against NAME BASE HEAD: the same comparison by the kernel's own scripts/check-uapi.sh, which knows one
# architecture, once; then by uapi-check, cold. Both say of the same headers what is not compatible.
against() {
    local name=$1 start middle end
    start=$(date +%s%N)
    (cd "$work/kernel" && env -u GIT_DIR -u GIT_INDEX_FILE scripts/check-uapi.sh -p "$2" -b "$3") \
        >"$work/incumbent" 2>&1 || true
    middle=$(date +%s%N)
    "$program" --repo "$work/linux.git" --fail-on never --output /dev/null --no-cache \
        --target x86_64 "$2..$3" || [ $? -ne 2 ]
    end=$(date +%s%N)
    grep -q 'UAPI headers compatible with' "$work/incumbent" || {
        printf '%s: check-uapi.sh does not run here: %s\n' "$name" "$(head -n 1 "$work/incumbent")"
        return
    }
    printf '%-40s check-uapi.sh %6d ms   uapi-check %6d ms   %d times\n' "$name" \
        "$(((middle - start) / 1000000))" "$(((end - middle) / 1000000))" \
        "$(((middle - start) / (end - middle)))"
}

if command -v "${ABIDIFF:-abidiff}" >/dev/null; then
    env -u GIT_DIR -u GIT_INDEX_FILE git clone --quiet --shared --no-checkout "$work/linux.git" "$work/kernel"
    env -u GIT_DIR -u GIT_INDEX_FILE git -C "$work/kernel" checkout --quiet --detach v6.12
    against 'one header, x86_64, both' v6.12 "$one"
    against 'v6.1..v6.12, x86_64, both' v6.1 v6.12
else
    echo 'no abidiff 2.4 or newer (Debian 13: abigail-tools): no comparison with scripts/check-uapi.sh'
fi
