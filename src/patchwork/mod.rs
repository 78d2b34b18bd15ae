//! A Patchwork server's API becomes typed answers, and verdicts become checks there.
//!
//! Speaks versions 1.1 to 1.3 of the API, politely, and takes every answer for hostile: `settings` is who asks
//! whom, `http` how (by way of `crate::http`), `link` where the next page is, `types` what is looked at in the answers
//! and `client` the questions. Knows nothing of verdicts: see `crate::post`.
//! Next: `crate::follow`, which follows its events.

mod client;
mod error;
mod headers;
mod http;
mod link;
mod settings;
mod types;

pub use client::{Client, Page};
pub use error::Error;
pub use headers::Headers;
pub use settings::{Account, Settings, Token, Version};
pub use types::{
    Check, CheckState, Comment, Event, Mail, NewCheck, Numbered, Patch, Payload, Person, Project,
    Series, User,
};
