//! `uapi-check follow`, the built program: mails come in, checks and answers go out, each once.

mod ends;
mod follower;
mod inbox;
mod kill;
mod limits;
mod maildir;
mod patchwork;
mod server;

use follower::{Follower, Kernel, Letters, STATS, stats};

/// Fields of the header's struct with one put before those that there are: programs break.
const BREAK: &str = "__u32 n;\n__u32 a;\n__u32 b;";
/// The same with another one.
const WORSE: &str = "__u64 n;\n__u32 a;\n__u32 b;";
/// A field behind those that there are: whether that is safe, a maintainer must judge.
const GROWN: &str = "__u32 a;\n__u32 b;\n__u32 c;";

/// A series of one patch that gives the struct these fields.
fn one(kernel: &mut Kernel, salt: &str, version: u32, fields: &str) -> Letters {
    let text = stats(fields);
    kernel.letters(salt, version, &[("stats: count more", STATS, &text)])
}
