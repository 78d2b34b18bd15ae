//! A header tree and a target become a surface and the gaps in it; everything that knows libclang.
//!
//! libclang runs only in child processes of this program ([`pool`], [`worker`]), which are given the
//! text of the headers over a pipe and give back [`crate::model`] types. Knows nothing of git or rules.
