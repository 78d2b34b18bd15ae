//! Entries that are not as they were written, and directories that can't be used or trusted.

use super::{Bench, entries, said};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use uapi_check::cache::{Draft, LIMIT, Store};

/// Spoils every entry, and holds that the next run says the same and that the one after believes it.
fn survives(what: &str, spoil: impl Fn(&Path, Vec<u8>)) {
    let bench = Bench::new();
    let first = bench.run();
    let whole = entries(&bench.cache());
    for path in &whole {
        spoil(path, fs::read(path).expect("it was listed"));
    }
    let second = bench.run();
    assert_eq!((second.hits, second.misses), (0, first.misses), "{what}");
    assert_eq!(second.document, first.document, "{what}");
    let third = bench.run();
    assert_eq!((third.hits, third.misses), (1, 0), "{what}");
    assert_eq!(third.document, first.document, "{what}");
    let (mut old, mut new) = (whole, entries(&bench.cache()));
    old.sort();
    new.sort();
    assert_eq!(old, new, "{what}");
}

fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("the directory is ours");
}

#[test]
fn an_entry_that_is_cut_off_is_rebuilt() {
    survives("half of it", |path, bytes| {
        write(path, &bytes[..bytes.len() / 2])
    });
    survives("nothing of it", |path, _| write(path, b""));
    survives("all but a byte", |path, bytes| {
        write(path, &bytes[..bytes.len() - 1])
    });
}

#[test]
fn an_entry_with_another_bit_is_rebuilt() {
    survives("in the head", |path, mut bytes| {
        bytes[44] ^= 1;
        write(path, &bytes);
    });
    survives("in the content", |path, mut bytes| {
        let middle = bytes.len() - 10;
        bytes[middle] ^= 0x80;
        write(path, &bytes);
    });
}

#[test]
fn an_entry_that_is_too_long_or_something_else_is_rebuilt() {
    survives("a byte more", |path, bytes| {
        write(path, &[&bytes[..], b"x"].concat())
    });
    survives("endless", |path, _| {
        let file = fs::File::options()
            .write(true)
            .open(path)
            .expect("it is there");
        // A hole: it takes no room.
        file.set_len(3 << 30).expect("the file system has holes");
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(folder.path(), LIMIT).expect("the folder is ours");
    store.put(&Draft::new("test").key(), b"whole, and of another key");
    let other = fs::read(&entries(folder.path())[0]).expect("it was listed");
    survives("another's", |path, _| write(path, &other));
}

#[test]
fn a_directory_that_can_not_be_used_turns_the_cache_off() {
    let bench = Bench::new();
    let cold = bench.cold();
    let file = bench.folder.path().join("file");
    write(&file, b"mine");
    let open = bench.folder.path().join("open");
    fs::create_dir(&open).expect("it is new");
    fs::set_permissions(&open, Permissions::from_mode(0o777)).expect("it is ours");
    // Nobody can make a directory in /proc, not even root.
    for (place, why) in [
        (file.as_path(), "can't be used"),
        (Path::new("/proc/uapi-check"), "can't be used"),
        (&open, "others may write in"),
    ] {
        let run = said(bench.command().arg("--cache-dir").arg(place));
        assert_eq!((run.hits, run.misses), (0, 0));
        assert_eq!(run.document, cold);
        let verbose = bench
            .command()
            .arg("-v")
            .arg("--cache-dir")
            .arg(place)
            .output();
        let err = verbose.expect("the program runs").stderr;
        let err = String::from_utf8_lossy(&err).into_owned();
        assert!(
            err.starts_with("uapi-check: no cache: ") && err.contains(why),
            "{err}"
        );
        assert_eq!(err.lines().count(), 1, "{err}");
    }
    assert_eq!(fs::read(&file).expect("it is there"), b"mine");
    assert_eq!(fs::read_dir(&open).expect("it is there").count(), 0);
}

#[test]
fn a_directory_of_our_own_is_for_nobody_else() {
    let bench = Bench::new();
    bench.run();
    for path in [bench.cache(), bench.cache().join("entries")] {
        let mode = path.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", path.display());
    }
    for entry in entries(&bench.cache()) {
        let mode = entry.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", entry.display());
    }
}

#[test]
fn where_nothing_can_be_written_what_is_known_is_still_used() {
    let bench = Bench::new();
    let first = bench.run();
    // A file in the place of each shard that is not there yet: even root can't write an entry then.
    for shard in 0..=255 {
        let path = bench.cache().join(format!("entries/{shard:02x}"));
        if !path.exists() {
            write(&path, b"");
        }
    }
    let again = bench.run();
    assert_eq!((again.hits, again.misses), (1, 0));
    let other = said(&mut bench.command_on(&["--target", "i386", "-v"]));
    assert_eq!(other.hits, 0);
    let cold = said(&mut bench.command_on(&["--target", "i386", "--no-cache"]));
    assert_eq!(other.document, cold.document);
    assert_eq!(bench.run().document, first.document);
}
