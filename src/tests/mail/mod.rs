//! Mails as git and b4 read them: the oracles of `mail`.
//!
//! Every shape that mails of kernel lists come in is fed to `git am` and `git mailinfo`, and to us: author,
//! date, message and diff must be the same. Threads are fed to `b4 am`.

mod b4;
mod generated;
mod git;
pub mod letters;
mod properties;
pub mod shapes;

use uapi_check::mail::{Mailbox, Patch, Series};

/// The only series in some mails.
fn series<R: AsRef<[u8]>>(mails: impl IntoIterator<Item = R>) -> Series {
    let mut threads = Mailbox::read(mails).threads();
    assert_eq!(threads.len(), 1, "one thread has patches");
    let found = threads.remove(0).series(None);
    found.unwrap_or_else(|error| panic!("{error}"))
}

/// The only patch of a file with one mail.
fn patch(file: &[u8]) -> Patch {
    let mut patches = series(uapi_check::mail::split(file)).patches;
    assert_eq!(patches.len(), 1, "one patch is in the mail");
    patches.remove(0)
}
