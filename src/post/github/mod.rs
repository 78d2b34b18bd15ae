//! What was decided is said on GitHub: check runs, the one comment, answers, findings for code scanning.
//!
//! Everything here may be asked twice for the same thing and does it once: before something is made, it is looked
//! whether it is there. Decides nothing. Next: `crate::service`.

mod deliver;
mod payload;

pub use payload::{Annotation, CheckRun, Comment, Ending, Level, Reply, Sarif};
