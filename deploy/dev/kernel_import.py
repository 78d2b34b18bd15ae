"""Tar streams of kernel sources become commands for `git fast-import`, nothing is unpacked.

Usage: kernel_import.py TAG TAR [TAG TAR ...] | git fast-import
Each tar (a path, may be a pipe) is one commit, the child of the one before it, with an annotated tag.
Dates and names are fixed, so the same tars always give the same commit ids.
"""

import stat
import sys
import tarfile

EPOCH = 1_600_000_000
DAY = 86_400
WHO = b"uapi-check <kernel@uapi-check.invalid>"


def quoted(path: str) -> bytes:
    """A path as fast-import wants it: C quotes, the rest byte by byte."""
    raw = path.encode("utf-8", "surrogateescape")
    escaped = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + escaped + b'"'


def without_top(name: str) -> str:
    """`linux-source-6.1/fs/exec.c` -> `fs/exec.c`; empty for the top directory itself."""
    return name.removeprefix("./").partition("/")[2]


def data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def entry(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes | None:
    """The command for one member, None for what git does not keep (directories, devices)."""
    path = without_top(member.name)
    if not path:
        return None
    if member.issym():
        target = member.linkname.encode("utf-8", "surrogateescape")
        return b"M 120000 inline " + quoted(path) + b"\n" + data(target)
    if member.islnk():
        return b"C " + quoted(without_top(member.linkname)) + b" " + quoted(path) + b"\n"
    if member.isreg():
        mode = b"100755" if member.mode & stat.S_IXUSR else b"100644"
        content = tar.extractfile(member).read()
        return b"M " + mode + b" inline " + quoted(path) + b"\n" + data(content)
    return None


def import_one(out, mark: int, tag: str, source: str) -> None:
    when = b"%d +0000" % (EPOCH + mark * DAY)
    out.write(b"commit refs/heads/master\nmark :%d\n" % mark)
    out.write(b"author " + WHO + b" " + when + b"\ncommitter " + WHO + b" " + when + b"\n")
    out.write(data(f"Linux {tag.removeprefix('v')}\n".encode()))
    if mark > 1:
        out.write(b"from :%d\n" % (mark - 1))
    out.write(b"deleteall\n")
    count = 0
    with tarfile.open(source, "r|", bufsize=1 << 20) as tar:
        for member in tar:
            command = entry(tar, member)
            # tarfile keeps every member it has seen; nothing here looks back.
            tar.members.clear()
            if command is not None:
                out.write(command)
                count += 1
    out.write(b"tag " + tag.encode() + b"\nfrom :%d\n" % mark)
    out.write(b"tagger " + WHO + b" " + when + b"\n" + data(f"Linux {tag}\n".encode()))
    print(f"{tag}: {count} files", file=sys.stderr)


def main(arguments: list[str]) -> None:
    if not arguments or len(arguments) % 2:
        sys.exit("usage: kernel_import.py TAG TAR [TAG TAR ...]")
    out = sys.stdout.buffer
    pairs = zip(arguments[::2], arguments[1::2])
    for mark, (tag, source) in enumerate(pairs, start=1):
        import_one(out, mark, tag, source)
    # Without this word a cut stream would pass for a whole one (see --done).
    out.write(b"done\n")


main(sys.argv[1:])
