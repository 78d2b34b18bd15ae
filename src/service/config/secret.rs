//! Where a secret is. The secret itself is never kept here: whoever logs in with it has a type that does not show it.

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

impl SecretPlace {
    /// Reads the secret.
    ///
    /// # Errors
    ///
    /// Where there is none; the text says where it was looked for, and never what was found.
    pub fn read(&self) -> Result<String, String> {
        let (text, place) = self.text()?;
        match text.lines().next().map(str::trim) {
            Some(line) if !line.is_empty() => Ok(line.to_owned()),
            _ => Err(format!("{place} is empty")),
        }
    }

    /// Reads a secret of several lines, such as a key.
    ///
    /// # Errors
    ///
    /// As for [`Self::read`].
    pub fn read_whole(&self) -> Result<String, String> {
        let (text, place) = self.text()?;
        match text.trim().is_empty() {
            false => Ok(text),
            true => Err(format!("{place} is empty")),
        }
    }

    /// What is there, and where that is.
    fn text(&self) -> Result<(String, String), String> {
        match (&self.file, &self.env) {
            (Some(file), None) => {
                let place = file.display().to_string();
                let text = std::fs::read_to_string(file);
                let text = text.map_err(|error| format!("{place} can't be read: {error}"))?;
                Ok((text, place))
            }
            (None, Some(name)) => {
                let text = std::env::var(name);
                let missing = |_| format!("the environment variable {name} is not set");
                Ok((
                    text.map_err(missing)?,
                    format!("the environment variable {name}"),
                ))
            }
            _ => Err("give one of `file` and `env`".to_owned()),
        }
    }
}
