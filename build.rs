//! Writes the list of `rules/*.yaml`, so that a new file there needs no registration anywhere.
//!
//! The list is an array of `(file name, include_str!(path))`, read by `src/judge/catalogue.rs`.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let rules = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("rules");
    println!("cargo::rerun-if-changed={}", rules.display());
    let mut list = String::from("&[\n");
    for path in sorted_yaml(&rules)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        list += &format!(
            "    ({name:?}, include_str!({:?})),\n",
            path.display().to_string()
        );
    }
    list += "]\n";
    fs::write(Path::new(&variable("OUT_DIR")?).join("rules.rs"), list)
}

fn sorted_yaml(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    // Not a list of rules: src/approve/policy.rs reads it.
    paths.retain(|path| !path.ends_with("approvals.yaml"));
    paths.sort();
    Ok(paths)
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}
