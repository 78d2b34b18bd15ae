//! The arguments about the cache become an open one, or a reason why there is none; and its commands.

use super::args::{CacheArgs, CacheCommand, CachePlace, StatFormat};
use super::failure::Failure;
use super::{Io, output};
use crate::cache::{self, Stat, Store};
use crate::pipeline::Engine;
use serde::Serialize;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::SystemTime;

/// The cache that the arguments ask for; `None` where they ask for none. Where it can't be had the run
/// goes on without; the text is why.
pub fn open(args: &CacheArgs, io: &Io<'_>) -> Result<Option<Store>, String> {
    let place = &args.place;
    let is_none = |directory: &OsString| directory.is_empty();
    if args.no_cache || place.cache_dir.as_ref().is_some_and(is_none) {
        return Ok(None);
    }
    let opened = Store::open(&directory(place, io)?, place.cache_limit);
    opened.map(Some).map_err(|refused| refused.to_string())
}

/// Tells on standard error why nothing was kept, or not all.
pub fn tell_trouble(refused: Option<&str>, engine: &Engine, io: &mut Io<'_>) {
    let trouble = engine.cache().and_then(Store::trouble);
    if let Some(why) = refused.or(trouble) {
        // The run is not about this.
        let _ = writeln!(io.err, "uapi-check: no cache: {why}");
    }
}

/// Runs `cache stat` or `cache clear`.
pub fn run(command: &CacheCommand, io: &mut Io<'_>) -> Result<u8, Failure> {
    let (CacheCommand::Stat { place, .. } | CacheCommand::Clear { place }) = command;
    let directory = directory(place, io).map_err(Failure::mistake)?;
    let failed = |error| Failure::ours(format!("{}: {error}", directory.display()));
    let text = match command {
        CacheCommand::Stat { place, format } => {
            let shown = Shown {
                stat: cache::stat(&directory).map_err(failed)?,
                limit: place.cache_limit,
                directory,
            };
            match format {
                StatFormat::Text => shown.text(),
                StatFormat::Json => shown.json()?,
            }
        }
        CacheCommand::Clear { .. } => {
            let had = cache::clear(&directory).map_err(failed)?;
            let (entries, size) = (had.entries, size(had.bytes));
            format!("{entries} entries taken away, {size}\n")
        }
    };
    output::to_stream(&text, io)?;
    Ok(0)
}

fn directory(place: &CachePlace, io: &Io<'_>) -> Result<PathBuf, String> {
    let home = "no place for it: set UAPI_CHECK_CACHE, XDG_CACHE_HOME or HOME";
    match &place.cache_dir {
        Some(directory) if directory.is_empty() => Err("UAPI_CHECK_CACHE is empty".to_owned()),
        Some(directory) => Ok(directory.into()),
        None => io.cache.clone().ok_or_else(|| home.to_owned()),
    }
}

/// What `cache stat` shows.
struct Shown {
    directory: PathBuf,
    limit: u64,
    stat: Stat,
}

/// The same for programs.
#[derive(Serialize)]
struct Document {
    directory: String,
    entries: usize,
    bytes: u64,
    limit_bytes: u64,
    /// Seconds since 1970; null where there is no entry.
    oldest_use: Option<u64>,
}

impl Shown {
    fn text(&self) -> String {
        let Stat {
            entries,
            bytes,
            oldest_use,
        } = self.stat;
        let age = oldest_use.map(|time| time.elapsed().unwrap_or_default().as_secs());
        let age = age.map_or_else(|| "never".to_owned(), ago);
        format!(
            "Directory:   {}\nEntries:     {entries}\nSize:        {} of {}\nOldest use:  {age}\n",
            self.directory.display(),
            size(bytes),
            size(self.limit),
        )
    }

    fn json(&self) -> Result<String, Failure> {
        let since = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).ok();
        let document = Document {
            directory: self.directory.display().to_string(),
            entries: self.stat.entries,
            bytes: self.stat.bytes,
            limit_bytes: self.limit,
            oldest_use: self
                .stat
                .oldest_use
                .and_then(since)
                .map(|time| time.as_secs()),
        };
        let text = serde_json::to_string_pretty(&document);
        let text = text.map_err(|error| Failure::ours(format!("no form in JSON: {error}")))?;
        Ok(text + "\n")
    }
}

/// To the hour, as it is kept.
fn ago(seconds: u64) -> String {
    match seconds / 3600 {
        0 => "within the hour".to_owned(),
        hours @ 1..48 => format!("{hours} h ago"),
        hours => format!("{} days ago", hours / 24),
    }
}

fn size(bytes: u64) -> String {
    let mib = bytes as f64 / f64::from(1 << 20);
    match bytes >> 30 {
        0 => format!("{mib:.1} MiB"),
        _ => format!("{:.2} GiB", mib / 1024.0),
    }
}

/// A size as the user writes it: bytes, or with `K`, `M` or `G` behind.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let (number, shift) = match text.as_bytes().last() {
        Some(b'K') => (&text[..text.len() - 1], 10),
        Some(b'M') => (&text[..text.len() - 1], 20),
        Some(b'G') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let size = number
        .parse()
        .ok()
        .and_then(|n: u64| n.checked_mul(1 << shift));
    size.ok_or_else(|| "give a number of bytes, or one with K, M or G behind, such as 512M".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_shown() {
        assert_eq!(parse_size("512M"), Ok(536_870_912));
        assert_eq!(parse_size("2G"), Ok(cache::LIMIT));
        assert_eq!(parse_size("0"), Ok(0));
        for wrong in ["", "G", "1T", "-1", "99999999999G", "1 G", "é"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
        assert_eq!(size(cache::LIMIT), "2.00 GiB");
        assert_eq!(size(1_572_864), "1.5 MiB");
        assert_eq!(
            (ago(59), ago(3600), ago(172_800)),
            (
                "within the hour".into(),
                "1 h ago".into(),
                "2 days ago".into()
            )
        );
    }
}
