//! Where a secret is, and the secret, which nothing shows.

use serde::Deserialize;
use std::path::PathBuf;

/// Where a secret is: in a file, or in an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretPlace {
    /// A file whose first line it is.
    pub file: Option<PathBuf>,
    /// The name of an environment variable.
    pub env: Option<String>,
}

/// A secret. Its `Debug` says only that there is one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for whoever logs in with it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl SecretPlace {
    /// Reads the secret.
    ///
    /// # Errors
    ///
    /// Where there is none; the text says where it was looked for, and never what was found.
    pub fn read(&self) -> Result<Secret, String> {
        let (text, place) = match (&self.file, &self.env) {
            (Some(file), None) => {
                let place = file.display().to_string();
                let text = std::fs::read_to_string(file);
                (
                    text.map_err(|error| format!("{place} can't be read: {error}"))?,
                    place,
                )
            }
            (None, Some(name)) => {
                let text = std::env::var(name);
                let missing = |_| format!("the environment variable {name} is not set");
                (
                    text.map_err(missing)?,
                    format!("the environment variable {name}"),
                )
            }
            _ => return Err("give one of `file` and `env`".to_owned()),
        };
        match text.lines().next().map(str::trim) {
            Some(line) if !line.is_empty() => Ok(Secret(line.to_owned())),
            _ => Err(format!("{place} is empty")),
        }
    }
}
