//! What stands in `deploy/`: its files are well-formed and say what the program knows, and its scripts do their work.

mod files;
mod scripts;

use std::path::{Path, PathBuf};

/// A file in `deploy/`.
fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("deploy")
        .join(name)
}
