//! The bytes of mails become series of patches, and what reviewers said of them. Pure: whoever has mails
//! reads them; nothing is looked up.

mod patch;

pub use patch::{Patch, When};
