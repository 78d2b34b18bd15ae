//! The configuration file becomes settings that are known to fit together.
//!
//! Keys that are not known are refused. Every mistake is told with its key and the mend. A secret never stands in
//! the file: it is in a file of its own or in an environment variable that the key names. Next: `sources`.

mod check;
mod github;
mod secret;
mod settings;
mod web;

pub use github::{AppSettings, Block, GithubRepository, GithubSettings, SaySettings};
pub use secret::SecretPlace;
pub use settings::{
    CapSettings, EpochSource, ListSettings, LogForm, NntpSource, PatchworkSettings, ReplySettings,
    RepositorySettings, Settings, SourceKind, SourceSettings,
};
pub use web::{TOKEN_LEAST, TokenSettings, WebSettings};

use std::path::{Path, PathBuf};

/// A mistake in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {what}", path.display())]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// The key, what is wrong with it, and the mend.
    pub what: String,
}

/// Reads a configuration file.
///
/// # Errors
///
/// Where it can't be read, has a key that is not known or a value that does not fit, or names what is not there.
pub fn read(path: &Path) -> Result<Settings, ConfigError> {
    let wrong = |what: String| ConfigError {
        path: path.to_owned(),
        what,
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| wrong(format!("it can't be read: {error}")))?;
    let settings: Settings =
        serde_yaml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    check::check(&settings).map_err(wrong)?;
    Ok(settings)
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
