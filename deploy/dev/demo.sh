#!/usr/bin/env bash
# Runs uapi-check on a small history, made out of fixtures/ in a temporary repository: a release, and then
# a few changes that really were made, or proposed, to the kernel's headers. Then it starts the service on
# this machine alone, asks it for the same, and tells where it is to be seen: until Ctrl-C on a terminal;
# elsewhere it ends when it has seen that the pages are there.
#
# Usage: deploy/dev/demo.sh PROGRAM
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "$1")
# Each changes a header of its own.
cases=(
    _incidents/xfrm-msg-mapping-renumbered
    _incidents/fscrypt-set-policy-direction
    _incidents/tcp-info-growth
)

repository=$(mktemp -d)
service=
place=$(mktemp -d)
end() {
    [ -z "$service" ] || kill "$service" 2>/dev/null || true
    [ -z "$service" ] || wait "$service" 2>/dev/null || true
    rm -rf "$repository" "$place"
}
trap end EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=Demo GIT_AUTHOR_EMAIL=demo@example.org
export GIT_COMMITTER_NAME=Demo GIT_COMMITTER_EMAIL=demo@example.org
cd "$repository"

commit() {
    git add --all
    git commit --quiet --message "$1"
}

git init --quiet --initial-branch=main
cp -R "$root/fixtures/_base/." .
for case in "${cases[@]}"; do
    cp -R "$root/fixtures/$case/before/." .
done
commit "Linux 6.1"
git tag v6.1
for case in "${cases[@]}"; do
    # A header that only the before side has is one that the change removes.
    (cd "$root/fixtures/$case/before" && find . -type f -print0) | xargs -0 rm -f
    [ ! -d "$root/fixtures/$case/after" ] || cp -R "$root/fixtures/$case/after/." .
    commit "$(basename "$case" | tr '-' ' ')"
done

echo '$ uapi-check v6.1..main'
status=0
"$program" v6.1..main || status=$?
echo "(exit status $status)"
# The history has breaks in it, so 1 is the right answer.
[ "$status" -eq 1 ]

token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(umask 077 && echo "$token" >"$place/token")
cat >"$place/config.yaml" <<EOF
database: $place/demo.db
contact: demo@example.org
repositories: {demo: {path: $repository}}
web:
  listen: 127.0.0.1:0
  tokens: [{name: demo, token: {file: $place/token}}]
EOF
"$program" serve --config "$place/config.yaml" 2>"$place/log" &
service=$!

die() {
    echo "demo.sh: $*" >&2
    cat "$place/log" >&2
    exit 1
}

# until_there COMMAND...: until it succeeds, for a minute.
until_there() {
    local tries
    for tries in $(seq 600); do
        "$@" && return
        kill -0 "$service" 2>/dev/null || die "the service ended"
        sleep 0.1
    done
    die "it did not come within a minute: $* ($tries tries)"
}

listens() {
    port=$(sed -n 's,.*serving on http://127.0.0.1:\([0-9]*\).*,\1,p' "$place/log")
    [ -n "$port" ]
}

# ask METHOD PATH [BODY]: what the service answers.
ask() {
    local body=${3:-}
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    printf '%s %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\nAuthorization: Bearer %s\r\n' \
        "$1" "$2" "$port" "$token" >&3
    printf 'Content-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' "${#body}" "$body" >&3
    cat <&3
    exec 3>&-
}

examined() {
    run=$(ask GET '/api/v1/runs?limit=1' | sed -n 's,.*"page":"\(/runs/[0-9]*\)".*,\1,p')
    [ -n "$run" ]
}

until_there listens
ask POST /api/v1/runs '{"repository":"demo","base":"v6.1","head":"main"}' >"$place/asked"
grep -q '^HTTP/1.1 202' "$place/asked" || die "the check was not taken: $(cat "$place/asked")"
until_there examined
page=$(ask GET "$run")
grep -q 'XFRM_MSG_MAPPING' <<<"$page" || die "the page does not show the break: $page"
echo
echo "The service shows the same on http://127.0.0.1:$port$run, and all runs on http://127.0.0.1:$port/"
if [ -t 1 ]; then
    echo "Ctrl-C ends it."
    wait "$service"
else
    kill "$service"
    wait "$service" || die "it did not end well"
    service=
    echo "It answers, and ended when it was told to."
fi
