//! The directory of `--rules` becomes texts for the catalogue, which reads no files itself.

use super::failure::Failure;
use crate::judge::Catalogue;
use std::io;
use std::path::{Path, PathBuf};

/// The built-in rules, and those of the directory over them.
pub fn load(directory: Option<&Path>) -> Result<Catalogue, Failure> {
    let embedded = Catalogue::embedded().map_err(Failure::ours)?;
    let Some(directory) = directory else {
        return Ok(embedded);
    };
    let texts = texts(directory).map_err(|(path, error)| {
        let path = path.display();
        Failure::mistake(format!(
            "cannot read {path}: {error}: give a directory of YAML files with --rules"
        ))
    })?;
    if texts.is_empty() {
        let directory = directory.display();
        return Err(Failure::mistake(format!(
            "there are no rules in {directory}: none of its files ends in .yaml"
        )));
    }
    Catalogue::load(texts, Some(embedded)).map_err(Failure::mistake)
}

/// Path and text of every YAML file of the directory, by name.
fn texts(directory: &Path) -> Result<Vec<(String, String)>, (PathBuf, io::Error)> {
    let at = |path: &Path, error| (path.to_owned(), error);
    let entries = std::fs::read_dir(directory).map_err(|error| at(directory, error))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| at(directory, error))?.path());
    }
    paths.sort();
    let yaml = |path: &&PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        // That one is no list of rules, so that a copy of rules/ works as it stands.
        matches!(extension, Some("yaml" | "yml")) && !path.ends_with("approvals.yaml")
    };
    let texts = paths.iter().filter(yaml).map(|path| {
        let text = std::fs::read_to_string(path).map_err(|error| at(path, error))?;
        Ok((path.display().to_string(), text))
    });
    texts.collect()
}
