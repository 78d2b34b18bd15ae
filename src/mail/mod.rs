//! The bytes of mails become series of patches, and what reviewers said of them. Pure: whoever has mails
//! reads them; nothing is looked up.
//!
//! `mbox` splits files, `header`, `value` and `parts` take a mail apart, `message` is what it says, `head` what an answer to it needs, and
//! `draft` what `git am` would make of it. `subject` and `trailers` are two small grammars. `mailbox`
//! finds what belongs together, `thread` and `series` put it into order, `base` tells what it builds on and `reply` what was
//! said of it. Mails are hostile input: what is over a bound is [`Refused`], and told. Next: whoever
//! applies a [`Patch`].

mod base;
mod draft;
mod head;
mod header;
mod mailbox;
mod mbox;
mod message;
mod parts;
mod patch;
mod refused;
mod reply;
mod series;
mod subject;
mod thread;
mod trailers;
mod value;

pub use base::Base;
pub use head::{Head, Marks};
pub use mailbox::Mailbox;
pub use mbox::split;
pub use message::Message;
pub use patch::{Patch, When};
pub use refused::{MAIL_LIMIT, PATCH_LIMIT, Refused};
pub use reply::{Reply, To, Word};
pub use series::{Cover, Series};
pub use subject::Subject;
pub use thread::{NoSeries, Thread};
pub use trailers::Identity;
