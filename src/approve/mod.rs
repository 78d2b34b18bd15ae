//! Findings and MAINTAINERS become the people who must agree, and what is known of their agreement. Pure:
//! texts come in, nothing is looked up.
//!
//! `maintainers` reads the sections, `matching` finds those of a path or a patch, `mailmap` tells which
//! addresses are one person and `identity` who may be one, `policy` what is asked of whom, `gate` puts them together, and `approval`
//! holds what people said against it; `waiver` tells what is taken as it is. All texts are those of the
//! commit **before** a change: a patch can't appoint who approves it. Next: [`crate::report`].

mod approval;
mod gate;
mod identity;
mod mailmap;
mod maintainers;
mod matching;
mod patch;
mod pattern;
mod perl;
mod person;
mod policy;
mod trailer;
mod waiver;

pub use approval::{About, Approval, Evidence, Given, Made, Says, State, resolve};
pub use gate::{Ground, Standing, Touched, standings};
pub use mailmap::Mailmap;
pub use maintainers::{List, Maintainers, Section, Status, Warning};
pub use matching::{KeywordMatch, Match, PatchMatches};
pub use person::Person;
pub use policy::{Policy, Require, trees};
pub use trailer::{claims, co_authors};
pub use waiver::{Waived, Waiver, Waivers, agreed, asked, waive};
