//! Findings and MAINTAINERS become the people who must agree, and what is known of their agreement. Pure:
//! texts come in, nothing is looked up.
//!
//! `maintainers` reads the sections, `matching` finds those of a path or a patch, `mailmap` tells which
//! addresses are one person. All texts are those of the commit **before** a change: a patch can't appoint
//! who approves it. Next: [`crate::report`].

mod mailmap;
mod maintainers;
mod matching;
mod patch;
mod pattern;
mod perl;
mod person;

pub use mailmap::Mailmap;
pub use maintainers::{List, Maintainers, Section, Status, Warning};
pub use matching::{KeywordMatch, Match, PatchMatches};
pub use person::Person;
