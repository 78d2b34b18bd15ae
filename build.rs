//! Writes the list of `rules/*.yaml`, so that a new file there needs no registration anywhere; and hashes
//! the sources, so that what one build put into the cache is never taken for another's.
//!
//! The list is an array of `(file name, include_str!(path))`, read by `src/judge/catalogue.rs`. The hashes
//! are `UAPI_CHECK_BUILD` (all that a report can depend on) and `UAPI_CHECK_READING` (all that the surface
//! of a header can depend on), read by `src/pipeline/kept.rs`.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let top = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let rules = top.join("rules");
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
    fs::write(Path::new(&variable("OUT_DIR")?).join("rules.rs"), list)?;
    let locked = ["Cargo.toml", "Cargo.lock", "build.rs"].map(|name| top.join(name));
    let mut reading = locked.to_vec();
    reading.extend(["src/extract", "src/model"].map(|name| top.join(name)));
    let mut all = locked.to_vec();
    all.push(rules);
    // Tests end in no program.
    all.extend(children(&top.join("src"))?);
    all.retain(|path| !path.ends_with("src/tests"));
    println!("cargo::rustc-env=UAPI_CHECK_READING={}", hash(&reading)?);
    println!("cargo::rustc-env=UAPI_CHECK_BUILD={}", hash(&all)?);
    Ok(())
}

/// One number for the names and contents of these files and of all below these directories.
fn hash(paths: &[PathBuf]) -> io::Result<String> {
    let mut hasher = DefaultHasher::new();
    for path in paths.iter().filter(|path| path.exists()) {
        println!("cargo::rerun-if-changed={}", path.display());
        hash_below(path, &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn hash_below(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    path.file_name().hash(hasher);
    if path.is_dir() {
        let children = children(path)?;
        children.len().hash(hasher);
        return children
            .iter()
            .try_for_each(|path| hash_below(path, hasher));
    }
    fs::read(path)?.hash(hasher);
    Ok(())
}

fn children(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn sorted_yaml(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = children(folder)?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    // Not a list of rules: src/approve/policy.rs reads it.
    paths.retain(|path| !path.ends_with("approvals.yaml"));
    Ok(paths)
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}
