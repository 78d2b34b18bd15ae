#!/usr/bin/env bash
# How long uapi-check takes on real kernels: five runs of each, the shortest and the middle one.
#
# Usage: deploy/dev/bench.sh PROGRAM REPOSITORY
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

# timed NAME ARGUMENTS...: wall seconds; findings are no failure here, status 2 is.
timed() {
    local name=$1 run seconds=() status
    shift
    for run in 1 2 3 4 5; do
        local start end
        start=$(date +%s%N) status=0
        "$program" --repo "$work/linux.git" --fail-on never --output /dev/null "$@" || status=$?
        end=$(date +%s%N)
        [ "$status" -ne 2 ] || exit 2
        seconds+=("$(((end - start) / 1000000))")
    done
    mapfile -t seconds < <(printf '%s\n' "${seconds[@]}" | sort -n)
    printf '%-34s shortest %6d ms   middle %6d ms\n' "$name" "${seconds[0]}" "${seconds[2]}"
}

timed 'no header changed' --target all "$none"
timed 'one header, x86_64' --target x86_64 "$one"
timed 'one header, all targets' --target all "$one"
timed 'v6.1..v6.12, x86_64' --target x86_64 v6.1..v6.12
timed 'v6.1..v6.12, all targets' --target all v6.1..v6.12
