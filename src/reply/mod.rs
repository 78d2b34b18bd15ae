//! The report of a series becomes a mail that answers it as a reviewer would, or nothing.
//!
//! ```text
//! mail::Message -> automatic                     is it one to act on?
//! report, series -> policy, digest, place -> body -> Letter -> layout -> bytes
//! ```
//!
//! `automatic` keeps two programs from talking to each other, `policy` tells who may be written to and `digest` whether
//! there is anything new to say. `place` finds the line of a diff that a finding concerns, `quote` shows it, `prose`
//! makes lines of words, `body` the text; `compose` decides and puts all together, `layout` writes the bytes. Everything
//! that stems from mails, patches and headers is hostile, and becomes harmless in `prose` and `quote`.
//!
//! Pure: what was sent before and who may be written to is told by whoever asks. Next: `crate::post`, which delivers.

mod automatic;
mod body;
mod compose;
mod digest;
mod layout;
mod letter;
mod place;
mod policy;
mod prose;
mod quote;

pub use automatic::{Own, USUALLY_IGNORED, Why, ignored, starts_run};
pub use compose::{Answer, Silence, Voice, answer};
pub use digest::Told;
pub use letter::Letter;
pub use policy::{ListRule, Recipients, Write, recipients};
