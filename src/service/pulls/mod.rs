//! A pull request that is to be looked at becomes a report, and what is to be said of it there.
//!
//! A delivery is no more than a hint that something happened: what counts is read from the forge when the pull request
//! is looked at, so that deliveries may be lost, doubled or come in any order. Next: `crate::github`.
