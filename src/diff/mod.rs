//! Two surfaces of a target become typed changes; then those of all targets are folded into one list.
//!
//! States facts and holds no opinion: additions are told in as much detail as changes. Next:
//! [`crate::judge`].

pub mod change;
pub mod kinds;
pub use change::{Change, Fact, Facts, Release};
pub use kinds::{KINDS, Kind, Part};
