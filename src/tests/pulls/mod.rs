//! Pull requests, end to end: a made-up kernel on a server that behaves as GitHub does, and the program that looks at
//! it, run until nothing is left. What it said is read from the server.

mod approvals;
mod commands;
mod hostile;
mod house;
mod markup;
mod missed;
mod moments;
mod old_base;
mod secrets;
mod verdicts;
mod ways;

pub use house::{AUTHOR, IDENTITIES, LINUX, STATS, adding, kernel, set, stats};
