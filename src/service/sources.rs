//! A source of the configuration becomes one that can be asked.

use super::config::{SourceKind, SourceSettings};
use crate::follow::{Arrival, Batch};
use std::path::PathBuf;
use std::time::Duration;

/// A source that can be asked.
pub enum Source {
    /// A maildir.
    Maildir(PathBuf),
}

/// Why it could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct NotAsked {
    /// What went wrong.
    pub what: String,
    /// When to ask again.
    pub again: Option<Duration>,
}

impl Source {
    /// Prepares a source.
    pub fn open(settings: &SourceSettings) -> Result<Self, String> {
        match settings.kinds().as_slice() {
            [SourceKind::Maildir(maildir)] => Ok(Self::Maildir(maildir.path.clone())),
            _ => Err("one kind of source is needed".to_owned()),
        }
    }

    /// Asks for what came after a cursor.
    pub async fn poll(&self, cursor: Option<&str>) -> Result<Batch, NotAsked> {
        match self {
            Self::Maildir(path) => {
                let (path, cursor) = (path.clone(), cursor.unwrap_or_default().to_owned());
                let read = move || -> std::io::Result<Batch> {
                    let mut names: Vec<PathBuf> = std::fs::read_dir(path.join("new"))?
                        .filter_map(|entry| Some(entry.ok()?.path()))
                        .collect();
                    names.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
                    let name = |path: &PathBuf| {
                        path.file_name()
                            .unwrap_or_default()
                            .to_string_lossy()
                            .into_owned()
                    };
                    names.retain(|path| name(path) > cursor);
                    let more = names.len() > 5;
                    names.truncate(5);
                    let last = names.last().map_or(cursor, name);
                    let mails: std::io::Result<Vec<_>> = names.iter().map(std::fs::read).collect();
                    Ok(Batch {
                        arrivals: mails?.into_iter().map(Arrival::Mail).collect(),
                        cursor: last,
                        more,
                    })
                };
                let failed = |what: String| NotAsked { what, again: None };
                let batch = super::judge::apart(read).await;
                let batch = batch.map_err(|error| failed(error.to_string()))?;
                batch.map_err(|error| failed(error.to_string()))
            }
        }
    }
}
