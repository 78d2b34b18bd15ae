//! What the tests of the suite share: the cases of `fixtures/` and git repositories made from folders.
//!
//! Knows the layout of `fixtures/` (its README tells it) and nothing of how a case is judged.

pub mod assertions;
pub mod case;
pub mod compare;
#[cfg(feature = "service")]
pub mod database;
#[cfg(feature = "service")]
pub mod dice;
pub mod gcc;
#[cfg(feature = "service")]
pub mod github;
pub mod patches;
#[cfg(feature = "service")]
pub mod patchwork;
#[cfg(feature = "service")]
pub mod postgres;
#[cfg(feature = "service")]
pub mod public_inbox;
pub mod repository;
pub mod series;
#[cfg(feature = "service")]
pub mod served;
#[cfg(feature = "service")]
pub mod smtp;
pub mod units;

use std::process::Command;

/// The variable that names the directory of the cache; with nothing in it, none is kept.
pub const CACHE: &str = "UAPI_CHECK_CACHE";

/// The built program, which keeps nothing and believes nothing that was kept.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uapi-check"));
    command.env(CACHE, "");
    command
}
