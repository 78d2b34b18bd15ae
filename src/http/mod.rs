//! Servers are asked politely, and never for more than is taken: what all that speak HTTP here share.
//!
//! A program that nobody watches must be no burden, and no server may be one to it. [`Manners`] name somebody to
//! complain to, [`Pace`] says how slowly and how often, [`Client`] asks, and [`Error`] is why there is no answer. Knows
//! nothing of what is asked for: what a status means there, and which text goes with it, is for `crate::follow` and
//! `crate::patchwork`, which make their own errors of it.

mod client;
mod error;
mod manners;
mod retry;

pub use client::{Answer, Client};
pub use error::{Error, Refusal, may_pass, one_line};
pub use manners::{Manners, Pace};

#[cfg(test)]
#[path = "server_tests.rs"]
pub(crate) mod server;
