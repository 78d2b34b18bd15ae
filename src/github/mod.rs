//! GitHub: what it sends becomes hints, and what is to be said there becomes requests.
//!
//! `webhook` proves and reads deliveries, `app` logs in, `pulls`, `reviews` and `comments` are what is asked, `checks`,
//! `statuses` and `sarif` what is posted, `fetch` brings the commits of a pull request into a bare repository of our own.
//! Types are small and of our own: fields that are not known are passed over. Knows neither verdicts nor the store.
//! Next: `crate::service`.

mod answers;
mod app;
mod checks;
mod client;
mod comments;
mod deliveries;
mod error;
mod fetch;
pub mod limits;
mod names;
mod pulls;
mod reviews;
mod sarif;
mod statuses;
mod transport;
pub mod webhook;

pub use app::Login;
pub use checks::{Annotation, Button, Check, CheckConclusion, CheckRun, CheckState, Level, Output};
pub use client::{Client, Place};
pub use comments::Comment;
pub use deliveries::Delivery;
pub use error::Error;
pub use fetch::{Cache, Fetched, Wanted};
pub use names::{Repository, is_branch, is_commit};
pub use pulls::{Permission, Pull};
pub use reviews::{Review, ReviewState};
pub use sarif::SarifUpload;
pub use statuses::{Status, StatusState};
pub use webhook::Hint;

/// A text that is not shown: neither in logs nor by `Debug`, and wiped from memory when it goes.
pub use octocrab::secrecy::SecretString as Secret;
