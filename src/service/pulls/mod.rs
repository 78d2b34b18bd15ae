//! A pull request that is to be looked at becomes a report, and what is to be said of it there.
//!
//! A delivery is no more than a hint that something happened: what counts is read from the forge when the pull request
//! is looked at, so that deliveries may be lost, doubled or come in any order.
//!
//! | part | does |
//! |---|---|
//! | `forge` | what is read of a pull request |
//! | `command`, `answer` | comments become answers, waivers and the wish to look again |
//! | `reviews` | reviews become approvals |
//! | `conclude`, `annotate`, `texts` | a report becomes what is said of it |
//! | `decide` | what is known, and what was said before, become actions |
//!
//! All of these are pure.
//!
//! | part | does |
//! |---|---|
//! | `jobs` | a job becomes a look |
//! | `github` | who speaks, and what is read there |
//! | `examine` | commits become a report |
//! | `look`, `group`, `requested` | a pull request, a group of a merge queue, or what was asked for by the API, becomes a run |
//! | `asked`, `reconcile` | who asked for a check again; what no delivery told |
//! | `outgoing` | actions become entries of the outbox, and these what was said before |
//!
//! Next: `crate::github`.

mod annotate;
mod answer;
mod asked;
mod command;
mod conclude;
mod decide;
mod examine;
mod forge;
mod github;
mod group;
mod jobs;
mod look;
pub mod outgoing;
mod reconcile;
mod requested;
mod reviews;
mod texts;

pub use decide::Policy;
pub use github::Github;
