//! What has to outlive the process: cursors, mails of threads that are open, series and their state, and what is to be posted.
//!
//! One database; each step is one transaction. Knows nothing of what the texts in it mean. Next: `crate::service`.
