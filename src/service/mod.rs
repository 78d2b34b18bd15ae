//! Sources are followed, what arrives is judged, and what comes of it is posted: arrival -> decide -> outbox -> post.
//!
//! Deciding is pure; everything that happens is in the store before it happens outside.
//!
//! | part | does |
//! |---|---|
//! | `config` | the file becomes settings |
//! | `sources`, `arrivals` | what a source found becomes mails that the store keeps, with the cursor behind them |
//! | `assemble` | the mails of a thread become versions of series |
//! | `work` | what is to be looked at is taken from the queue, and ended |
//! | `look`, `judge`, `verdict`, `record` | a version becomes a report, what is said of it, and what is kept |
//! | `decide` | what is said, and what was posted before, become actions |
//! | `writer` | who writes, and by whose rules |
//! | `deliver`, `courier` | what was queued leaves the house |
//! | `requests` | what is asked for becomes a job |
//! | `pulls` | pull requests become verdicts, and what is said of them |
//! | `shelf` | what was found out is shared with other machines |
//! | `run`, `patience` | the loops, which a database that restarts does not end |
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
mod patience;
mod pulls;
mod record;
pub mod requests;
mod run;
mod shelf;
mod sources;
mod start;
mod verdict;
mod work;
mod writer;

pub use run::Summary;
pub use start::{End, Failure, Mode, Service, start};
