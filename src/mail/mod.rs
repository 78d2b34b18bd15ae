//! The bytes of mails become series of patches, and what reviewers said of them. Pure: whoever has mails
//! reads them; nothing is looked up.
//!
//! `mbox` splits files, `header`, `value` and `parts` take a mail apart, `message` is what it says and
//! `draft` what `git am` would make of it. `subject` and `trailers` are two small grammars. `thread` finds
//! what belongs together, `series` puts it into order, `base` tells what it builds on and `reply` what was
//! said of it. Mails are hostile input: what is over a bound is [`Refused`], and told. Next: whoever
//! applies a [`Patch`].

mod draft;
mod header;
mod mbox;
mod message;
mod parts;
mod patch;
mod refused;
mod subject;
mod value;

pub use mbox::split;
pub use message::Message;
pub use patch::{Patch, When};
pub use refused::{MAIL_LIMIT, PATCH_LIMIT, Refused};
pub use subject::Subject;
