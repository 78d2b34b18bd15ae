//! Sources are followed, what arrives is judged, and what comes of it is posted: arrival -> decide -> outbox -> post.
//!
//! Deciding is pure; everything that happens is in the store before it happens outside. Next: `crate::cli`.
