//! Sources are followed, what arrives is judged, and what comes of it is posted: arrival -> decide -> outbox -> post.
//!
//! Deciding is pure; everything that happens is in the store before it happens outside.
//!
//! | part | does |
//! |---|---|
//! | `config` | the file becomes settings |
//! | `sources`, `arrivals` | what a source found becomes mails that the store keeps, with the cursor behind them |
//! | `assemble` | the mails of a thread become versions of series |
//! | `look`, `judge`, `verdict` | a version becomes a report, and what is said of it |
//! | `decide` | what is said, and what was posted before, become actions |
//! | `writer` | who writes, and by whose rules |
//! | `deliver`, `courier` | what was queued leaves the house |
//! | `run` | the loops |
//!
//! Next: `crate::cli`.

mod arrivals;
mod assemble;
mod branches;
mod check;
pub mod config;
mod courier;
mod decide;
mod deliver;
mod house;
mod judge;
mod look;
mod pulls;
mod run;
mod sources;
mod start;
mod verdict;
mod writer;

pub use run::Summary;
pub use start::{Failure, Mode, start};
