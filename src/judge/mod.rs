//! Changes and rules become findings. Pure: no I/O, no clock.
//!
//! Within one kind of change the first rule that matches wins; a difference that no rule matches is
//! shown for `review`, never dropped. Next: [`crate::report`].

pub mod finding;
pub use finding::{Breaks, Finding, Variant, Verdict, Witness};
