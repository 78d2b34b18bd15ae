//! GitHub: what it sends becomes hints, and what is to be said there becomes requests.
//!
//! `webhook` proves and reads deliveries, `app` logs in, `checks`, `comments` and `reviews` are what is asked and
//! posted, `fetch` brings the commits of a pull request into a bare repository of our own. Types are small and of our
//! own: fields that are not known are passed over. Knows neither verdicts nor the store. Next: `crate::service`.
