//! A Patchwork server's API becomes typed answers, and verdicts become checks there.
//!
//! Speaks versions 1.1 to 1.3 of the API, politely, and takes every answer for hostile. Knows nothing of verdicts:
//! see `crate::post`. Next: `crate::follow`, which follows its events.
