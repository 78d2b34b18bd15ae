#!/usr/bin/env bash
# Makes a bare git repository of real kernels for the tests: one commit and one tag a release, each the
# child of the one before. The sources come from the linux-source packages of Debian or Ubuntu.
#
# Usage: deploy/dev/kernel.sh [DIRECTORY]       (default: target/kernel)
# Packages already in DIRECTORY are used after their checksum is verified. KERNELS names the releases,
# oldest first (default: "6.1 6.12"). Does nothing where all tags exist.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
directory=${1:-target/kernel}
read -ra releases <<<"${KERNELS:-6.1 6.12}"
repository=$directory/linux.git

die() {
    echo "kernel.sh: $*" >&2
    exit 1
}

complete() {
    local release
    for release in "${releases[@]}"; do
        git --git-dir="$repository" rev-parse --quiet --verify "v$release^{commit}" >/dev/null 2>&1 || return 1
    done
}

# The newest package file of a release in DIRECTORY, nothing where there is none.
package_file() {
    find "$directory" -maxdepth 1 -name "linux-source-$1_*_all.deb" | sort -V | tail -n 1
}

download() {
    [ -n "$(package_file "$1")" ] && return
    echo "downloading linux-source-$1" >&2
    (cd "$directory" && apt-get download "linux-source-$1" >&2) ||
        die "linux-source-$1 cannot be downloaded: run apt-get update, or name releases that your distribution has (KERNELS='...')"
}

# Compares a package file with the checksum that apt's index gives for the same version.
verify() {
    local release=$1 file version expected found
    file=$(package_file "$release")
    version=$(dpkg-deb --field "$file" Version)
    expected=$(apt-cache show "linux-source-$release=$version" | sed -n 's/^SHA256: //p' | head -n 1)
    [ -n "$expected" ] ||
        die "apt knows no checksum for linux-source-$release $version: run apt-get update, or remove $file"
    found=$(sha256sum "$file" | cut -d ' ' -f 1)
    [ "$expected" = "$found" ] || die "$file is damaged: expected sha256 $expected, found $found; remove it"
    echo "v$release linux-source-$release $version $found"
}

# The tar stream of a release, straight out of its package.
sources() {
    local file=$1 release=$2
    dpkg-deb --fsys-tarfile "$file" |
        tar -xO "./usr/src/linux-source-$release.tar.xz" |
        xz --decompress --stdout --threads=0
}

if complete; then
    cat "$directory/VERSIONS"
    exit 0
fi
for tool in apt-get dpkg-deb git python3 sha256sum tar xz; do
    command -v "$tool" >/dev/null || die "$tool is missing: install it, or run deploy/dev/setup.sh"
done
mkdir -p "$directory"
new=$directory/linux.git.new
rm -rf "$new" "$repository"
git init --quiet --bare --initial-branch=master "$new"
pipes=$(mktemp -d)
trap 'rm -rf "$pipes"' EXIT

arguments=()
: >"$directory/VERSIONS.new"
for release in "${releases[@]}"; do
    download "$release"
    verify "$release" >>"$directory/VERSIONS.new"
done
for release in "${releases[@]}"; do
    mkfifo "$pipes/$release"
    sources "$(package_file "$release")" "$release" >"$pipes/$release" &
    arguments+=("v$release" "$pipes/$release")
done
python3 "$here/kernel_import.py" "${arguments[@]}" |
    git --git-dir="$new" -c core.compression=1 -c pack.compression=1 \
        fast-import --quiet --done --depth=1
mv "$directory/VERSIONS.new" "$directory/VERSIONS"
mv "$new" "$repository"
cat "$directory/VERSIONS"
