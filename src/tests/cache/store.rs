//! The store alone: what goes in comes out, and what was longest not used goes first.

use super::entries;
use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};
use uapi_check::cache::{self, Draft, Key, Store};

const KIB: u64 = 1 << 10;

fn key(number: u32) -> Key {
    Draft::new("test").with(number.to_le_bytes()).key()
}

/// So many bytes that can't be compressed, others for each number.
fn bytes(number: u32, length: usize) -> Vec<u8> {
    let mut state = u64::from(number) + 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// Sets the last use of every entry.
fn age(cache: &Path, hours: u64) {
    let then = SystemTime::now() - Duration::from_secs(hours * 3600);
    for path in entries(cache) {
        let file = File::open(path).expect("it was listed");
        file.set_modified(then).expect("the file is ours");
    }
}

#[test]
fn what_was_put_in_comes_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(folder.path(), cache::LIMIT).expect("the folder is ours");
    assert_eq!(store.get(&key(1)), None);
    store.put(&key(1), b"one");
    store.put(&key(2), b"");
    assert_eq!(store.get(&key(1)).as_deref(), Some(&b"one"[..]));
    assert_eq!(store.get(&key(2)).as_deref(), Some(&b""[..]));
    store.put(&key(1), b"other");
    assert_eq!(store.get(&key(1)).as_deref(), Some(&b"other"[..]));
    assert_eq!(store.trouble(), None);
}

#[test]
fn what_was_longest_not_used_makes_room() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let limit = 400 * KIB;
    let put = |numbers: std::ops::Range<u32>| {
        let store = Store::open(folder.path(), limit).expect("the folder is ours");
        for number in numbers {
            store.put(&key(number), &bytes(number, 30_000));
        }
    };
    let is_there = |number| {
        let store = Store::open(folder.path(), limit).expect("the folder is ours");
        store.get(&key(number)).is_some()
    };
    let size = || cache::stat(folder.path()).expect("it can be listed").bytes;
    // Ten take up 32 KiB each.
    put(0..10);
    assert_eq!(size(), 320 * KIB);
    age(folder.path(), 50);
    // Two of the old ones are used.
    assert!(is_there(3) && is_there(7));
    put(10..17);
    assert!(size() <= limit, "{}", size());
    assert!(is_there(3) && is_there(7));
    assert!((10..17).all(is_there));
    assert!(!(0..10).all(is_there));
    // Never more than the limit, however much comes.
    for round in 1..6 {
        put(round * 100..round * 100 + 20);
        assert!(size() <= limit, "{}", size());
    }
    assert!(is_there(519) && !is_there(3));
}

#[test]
fn an_account_that_is_lost_is_made_up_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = || Store::open(folder.path(), 100 * KIB).expect("the folder is ours");
    for number in 0..3 {
        open().put(&key(number), &bytes(number, 30_000));
    }
    std::fs::remove_file(folder.path().join("written")).expect("it is there");
    open().put(&key(3), &bytes(3, 30_000));
    let stat = cache::stat(folder.path()).expect("it can be listed");
    assert!(stat.bytes <= 100 * KIB, "{stat:?}");
    // Nor does nonsense in it do any harm.
    std::fs::write(
        folder.path().join("written"),
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    )
    .expect("it is ours");
    open().put(&key(4), b"small");
    assert!(open().get(&key(4)).is_some());
}

#[test]
fn what_a_killed_process_left_goes_too() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = |limit| Store::open(folder.path(), limit).expect("the folder is ours");
    open(cache::LIMIT).put(&key(1), b"one");
    let shard = entries(folder.path()).pop().expect("there is one");
    let shard = shard.parent().expect("it lies in a directory").to_owned();
    let (old, new) = (shard.join(".new-old"), shard.join(".new-new"));
    for path in [&old, &new] {
        std::fs::write(path, "half").expect("the folder is ours");
    }
    let then = SystemTime::now() - Duration::from_secs(2 * 3600);
    let file = File::open(&old).expect("it is there");
    file.set_modified(then).expect("it is ours");
    assert_eq!(
        cache::stat(folder.path())
            .expect("it can be listed")
            .entries,
        1
    );
    open(0).put(&key(2), b"two");
    assert!(!old.exists());
    assert!(new.exists(), "somebody may be writing it");
    assert_eq!(
        cache::clear(folder.path())
            .expect("it can be emptied")
            .entries,
        0
    );
    assert!(!new.exists());
}

#[test]
fn many_at_once_leave_whole_entries_below_the_limit() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let limit = 256 * KIB;
    std::thread::scope(|scope| {
        for thread in 0..8u32 {
            let folder = folder.path();
            scope.spawn(move || {
                // A store of its own, as another process has it.
                let store = Store::open(folder, limit).expect("the folder is ours");
                for round in 0..40 {
                    let number = (round * 7 + thread) % 20;
                    store.put(&key(number), &bytes(number, 20_000));
                    let found = store.get(&key(number));
                    // It may have made room already.
                    assert!(found.is_none_or(|found| found == bytes(number, 20_000)));
                }
                assert_eq!(store.trouble(), None);
            });
        }
    });
    drop(Store::open(folder.path(), limit).map(|store| store.put(&key(99), b"last")));
    let stat = cache::stat(folder.path()).expect("it can be listed");
    assert!(stat.bytes <= limit, "{stat:?}");
}
