//! What is served over HTTP: webhooks in, pages and an API out.
//!
//! `server` is the router and its bounds, `hooks` takes deliveries in, `pages` shows runs, `api` gives the same to
//! programs. Decides nothing: a delivery becomes a job in the store before it is answered. Next: `crate::service`.
