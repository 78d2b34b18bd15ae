#!/usr/bin/env bash
# Runs uapi-check on a small history, made out of fixtures/ in a temporary repository: a release, and then
# a few changes that really were made, or proposed, to the kernel's headers.
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
trap 'rm -rf "$repository"' EXIT
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
