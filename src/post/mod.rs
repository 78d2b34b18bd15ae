//! What was decided is delivered: mails by SMTP, by sendmail or into a directory, checks to a Patchwork.
//!
//! Everything here may be asked twice for the same thing and must then do it once. Decides nothing. Next: `crate::service`.

mod checks;
pub mod github;
pub mod mail;
mod target;

pub use checks::{Check, Outcome, post_check};
