#!/usr/bin/env bash
# Unpacks the kernel headers that the distribution's cross compilers use, one tree an architecture, for the
# tests that read installed trees. Nothing is installed.
#
# Usage: deploy/dev/packages.sh [DIRECTORY]       (default: target/kernel/packages)
# Does nothing for an architecture whose tree is there.
set -euo pipefail

directory=${1:-target/kernel/packages}
mkdir -p "$directory"
cd "$directory"
for architecture in arc arm64 armhf mips64el powerpc ppc64el riscv64 s390x sparc64; do
    package=linux-libc-dev-$architecture-cross
    [ ! -e "$package.done" ] || continue
    apt-get download -qq "$package" >&2 || {
        echo "packages.sh: $package cannot be downloaded: run apt-get update" >&2
        exit 1
    }
    dpkg-deb --extract "$package"_*.deb .
    rm "$package"_*.deb
    touch "$package.done"
done
