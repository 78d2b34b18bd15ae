#!/usr/bin/env bash
# Checks what a pull request changes, in a workflow of GitHub: fetches both ends into a bare repository of its own
# (nothing is checked out, nothing of the change is run), writes annotations, a summary, and files where asked.
#
# Usage: check.sh PROGRAM, with BASE, HEAD and TOKEN in the environment, and what action.yml says
set -euo pipefail
program=$1

fail() {
    echo "::error title=uapi-check::$*"
    exit 2
}

[[ $BASE =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]] || fail "the event names no base: run it on pull_request, merge_group or push"
[[ $HEAD =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]] || fail "the event names no head"
url=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY

# The change begins where the head left the base. GitHub knows that without the history.
begin=$(curl --silent --show-error --fail --location --max-time 60 \
    --header @<(printf 'Authorization: Bearer %s\nAccept: application/vnd.github+json\n' "$TOKEN") \
    "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/compare/$BASE...$HEAD?per_page=1" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["merge_base_commit"]["sha"])') ||
    fail "GitHub does not say where $HEAD left $BASE"

repository=$(mktemp -d)
trap 'rm -rf "$repository"' EXIT
# Where git may read the token: no argument, no URL, no file.
basic=$(printf 'x-access-token:%s' "$TOKEN" | base64 --wrap=0)
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader"
export GIT_CONFIG_VALUE_0="Authorization: Basic $basic" GIT_TERMINAL_PROMPT=0
git init --quiet --bare "$repository"
wanted=("$begin" "$HEAD")
if [ "$RELEASED" != none ]; then
    wanted+=("refs/tags/$RELEASED:refs/tags/$RELEASED")
fi
git -C "$repository" fetch --quiet --no-tags --depth=1 "$url" "${wanted[@]}" ||
    fail "can't fetch $begin, $HEAD and the release from $url"
unset GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0 TOKEN basic

check() {
    "$program" --repo "$repository" --target "$TARGETS" --released "$RELEASED" --fail-on "$FAIL_ON" \
        --cache-dir "$repository/cache" "$@" "$begin..$HEAD"
}

status=0
check --format github || status=$?
echo "status=$status" >>"$GITHUB_OUTPUT"
[ "$status" != 2 ] || exit 2
# The same comparison once more costs a look-up.
check --format markdown >>"$GITHUB_STEP_SUMMARY" || true
[ -z "$SARIF" ] || check --format sarif --output "$SARIF" || true
[ -z "$HTML" ] || check --format html --all --output "$HTML" || true
if [ "$status" = 3 ] && [ "$UNDECIDED" = pass ]; then
    status=0
fi
exit "$status"
