#!/usr/bin/env bash
# Installs what is missing, on Debian and Ubuntu; elsewhere it says what to install. Rust itself is not
# installed here. Does nothing, and asks for no rights, where nothing is missing.
#
# Usage: deploy/dev/setup.sh [test|kernel|targets]
#   (nothing)  what building and running need: git, make, a C compiler, libclang
#   test       and what the tests need: b4, public-inbox with what its servers and search load, and the schemas of
#              the formats that reports are written in (in target/schemas)
#   kernel     and what the tests on real kernels need, a gcc for the most used targets among it
#   targets    and a gcc for every target
set -euo pipefail

wanted=()

# What the gcc of a target is called, before the -gcc. x86 needs no other than the machine's own.
most_used=(aarch64-linux-gnu arm-linux-gnueabihf s390x-linux-gnu)
others=(riscv64-linux-gnu powerpc64le-linux-gnu powerpc-linux-gnu mips64el-linux-gnuabi64
    mipsel-linux-gnu sparc64-linux-gnu arc-linux-gnu)
[ "$(uname -m)" = x86_64 ] || most_used+=(x86-64-linux-gnu)

die() {
    echo "setup.sh: $*" >&2
    exit 1
}

# need PROGRAM PACKAGE: wants the package where the program is missing.
need() {
    command -v "$1" >/dev/null || wanted+=("$2")
}

# need_perl MODULE PACKAGE: wants the package where perl does not find the module.
need_perl() {
    perl -e "require $1" 2>/dev/null || wanted+=("$2")
}

# Whether there is a libclang that the program finds. libclang-cpp is another library.
have_libclang() {
    [ -n "${LIBCLANG_PATH:-}" ] && return
    local found
    for found in /usr/lib/llvm-*/lib/libclang{.so,-[0-9]}* /usr/lib*/libclang{.so,-[0-9]}* \
        /usr/lib/*-linux-gnu*/libclang{.so,-[0-9]}* /usr/local/lib/libclang.so*; do
        [ -e "$found" ] && return
    done
    return 1
}

# The package of libclang: version 19, the one most tested with, or the newest that there is.
libclang_package() {
    local names
    names=$(apt-cache search --names-only '^libclang1-[0-9]+$' | cut -d ' ' -f 1 | sort -V)
    grep -x libclang1-19 <<<"$names" || tail -n 1 <<<"$names"
}

# cross_packages TRIPLE...: cross compilers of the version that gcc has here. The packages with a version
# in the name are taken because those without it conflict with gcc-multilib.
cross_packages() {
    local version triple command name
    version=$({ gcc -dumpversion 2>/dev/null || true; } | cut -d . -f 1)
    if [ -z "$version" ]; then
        version=$(apt-cache depends gcc | sed -n 's/.*Depends: gcc-\([0-9]*\)$/\1/p' | head -n 1)
    fi
    for triple; do
        # Debian writes x86-64 in names of packages.
        command=${triple/x86-64/x86_64}-gcc
        compgen -c "$command" | grep -xE "$command(-[0-9]+)?" >/dev/null && continue
        name=gcc-$version-$triple
        if apt-cache show "$name" >/dev/null 2>&1; then
            wanted+=("$name")
        else
            echo "setup.sh: no package $name here; the test of that target will fail" >&2
        fi
    done
}

install() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "run as root: apt-get install ${wanted[*]}"
        as_root=(sudo)
    fi
    echo "installing: ${wanted[*]}" >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${wanted[@]}" >&2
}

# Schemas of SARIF, as Microsoft's validator carries it, and of JUnit, as pytest carries the one of Jenkins.
schemas() {
    local place scratch
    place=$(cd "$(dirname "$0")/../.." && pwd)/target/schemas
    [ ! -s "$place/sarif-2.1.0.json" ] || [ ! -s "$place/junit-10.xsd" ] || return 0
    mkdir -p "$place"
    scratch=$(mktemp -d)
    npm pack --silent --pack-destination "$scratch" @microsoft/sarif-multitool-linux@5.7.0 >/dev/null
    tar -xzf "$scratch"/microsoft-sarif-*.tgz -C "$place" --strip-components=1 package/sarif-2.1.0.json
    pip3 download --quiet --disable-pip-version-check --no-deps --no-binary :all: --dest "$scratch" pytest==8.4.2
    tar -xzf "$scratch"/pytest-8.4.2.tar.gz -C "$place" --strip-components=3 \
        pytest-8.4.2/testing/example_scripts/junit-10.xsd
    rm -rf "$scratch"
}

# Package lists are empty in a fresh container.
fresh_lists() {
    [ -n "$(apt-cache search --names-only '^libclang1-[0-9]+$')" ] && return
    if [ "$(id -u)" -eq 0 ]; then apt-get update >&2; else sudo apt-get update >&2; fi
}

what=${1:-}
case $what in
'' | test | kernel | targets) ;;
*) die "usage: setup.sh [test|kernel|targets]" ;;
esac
command -v cargo >/dev/null || die "cargo is missing: install Rust 1.95 or later (rustup.rs)"

need git git
need make make
need cc gcc
if [ "$what" = test ]; then
    need b4 b4
    need public-inbox-init public-inbox
    need_perl Plack libplack-perl
    need_perl DBD::SQLite libdbd-sqlite3-perl
    need_perl Search::Xapian libsearch-xapian-perl
    need_perl Inline::C libinline-c-perl
    need xmllint libxml2-utils
    need curl curl
    need npm npm
    need pip3 python3-pip
fi
if [ "$what" = kernel ]; then
    need python3 python3
    need rsync rsync
    need perl perl
    need xz xz-utils
fi
if command -v apt-get >/dev/null; then
    if [ "$what" != "" ] || [ ${#wanted[@]} -gt 0 ] || ! have_libclang; then
        fresh_lists
    fi
    have_libclang || wanted+=("$(libclang_package)")
    case $what in
    kernel | targets) cross_packages "${most_used[@]}" ;;&
    targets) cross_packages "${others[@]}" ;;
    esac
    [ ${#wanted[@]} -eq 0 ] || install
else
    have_libclang || wanted+=("libclang (version 14 or later)")
    [ ${#wanted[@]} -eq 0 ] || die "please install: ${wanted[*]}"
fi
[ "$what" != test ] || schemas
