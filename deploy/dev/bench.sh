#!/usr/bin/env bash
# How long uapi-check takes on real kernels: without its cache, and with it.
#
# Usage: deploy/dev/bench.sh PROGRAM REPOSITORY
set -euo pipefail

program=$1
repository=$2
TIMEFORMAT=%R
exec 3>&2

# seconds ARGUMENTS...: wall time of one run; findings are no failure here, status 2 is.
seconds() {
    local status=0
    time { "$program" --repo "$repository" --fail-on never --output /dev/null "$@" >/dev/null 2>&1 || status=$?; }
    # Once more, to show what is wrong.
    [ "$status" -ne 2 ] || "$program" --repo "$repository" "$@" >/dev/null 2>&3
}

for range in v6.12..v6.12 v6.1..v6.12; do
    for targets in x86_64 all; do
        cold=$( { seconds --no-cache --target "$targets" "$range"; } 2>&1)
        # The first run fills the cache, the second one is measured.
        seconds --target "$targets" "$range" 2>/dev/null
        warm=$( { seconds --target "$targets" "$range"; } 2>&1)
        printf '%-14s %-7s cold %8s s   warm %8s s\n' "$range" "$targets" "$cold" "$warm"
    done
done
