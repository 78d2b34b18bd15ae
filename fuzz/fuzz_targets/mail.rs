//! Any bytes as a file of mails: split, read, put into threads and series.
//!
//! `cargo +nightly fuzz run mail fuzz/corpus/mail fixtures/mail` begins with the seeds of the fixtures.

#![no_main]

use libfuzzer_sys::fuzz_target;
use uapi_check::mail::{Mailbox, split};

fuzz_target!(|file: &[u8]| {
    for thread in Mailbox::read(split(file)).threads() {
        for version in thread.versions() {
            if let Ok(series) = thread.series(Some(version)) {
                let there = series.patches.len() + series.missing.len();
                assert_eq!(there, series.expected as usize);
            }
        }
    }
});
