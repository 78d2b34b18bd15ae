//! The report of a series becomes a mail that answers it as a reviewer would, or nothing.
//!
//! Pure: what was sent before and who may be written to is told by whoever asks. Next: `crate::post`, which delivers.
