//! uapi-check tells whether a change breaks the Linux user-space API, for whom, and why.
//!
//! ```text
//! source -> tree -> extract -> model -> diff -> judge -> report
//! ```

pub mod diff;
pub mod extract;
pub mod judge;
pub mod model;
pub mod report;
pub mod source;
pub mod tree;
