//! `git` is run: for fetching, which needs the network and what git knows of it.
//!
//! It reads no configuration of the machine or the user, runs no hook, asks nobody for a password, and is ended with all
//! that it started when it takes too long. Next: `mirror`, `branches`.

use super::error::FollowError;
use crate::http::one_line;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use url::Url;

/// Bytes of what git prints at most: a line of 52 bytes for each of two million commits.
const OUTPUT_LIMIT: usize = 100 << 20;
/// Bytes of its complaints at most; what is more is not kept.
const COMPLAINT_LIMIT: usize = 64 << 10;
/// Settings of every run. A server that sends less than 1000 bytes a second for a minute is given up.
const SETTINGS: [&str; 8] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "gc.autoDetach=false",
    "protocol.ext.allow=never",
    "http.followRedirects=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
    "fetch.recurseSubmodules=false",
];
/// What would lead git to another place.
const CLEARED: [&str; 6] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG_PARAMETERS",
];

/// How git is run.
#[derive(Debug, Clone)]
pub(super) struct Git {
    /// How it names itself to servers of HTTP.
    pub agent: String,
    /// A run takes no longer.
    pub limit: Duration,
}

impl Git {
    /// What git prints. `place` is what the errors are about.
    pub(super) async fn run(
        &self,
        directory: &Path,
        place: &str,
        arguments: &[&str],
    ) -> Result<Vec<u8>, FollowError> {
        let mut child = self.start(directory, arguments)?;
        let group = child.id();
        let done = timeout(self.limit, ended(&mut child)).await;
        let (output, complaint, success) = match done {
            Ok(done) => done.map_err(|error| ours("git can't be run", &error))?,
            Err(_) => {
                end(group);
                let why = format!("git took more than {} seconds", self.limit.as_secs());
                return Err(FollowError::unreachable(place, why));
            }
        };
        if output.len() > OUTPUT_LIMIT {
            end(group);
            let what = format!("git prints more than {OUTPUT_LIMIT} bytes");
            return Err(FollowError::too_large(place, what));
        }
        match success {
            true => Ok(output),
            false => Err(failed(place, &String::from_utf8_lossy(&complaint))),
        }
    }

    /// Makes a bare repository where there is none.
    pub(super) async fn init(&self, directory: &Path) -> Result<(), FollowError> {
        if directory.join("HEAD").is_file() {
            return Ok(());
        }
        let made = tokio::fs::create_dir_all(directory).await;
        let shown = directory.display().to_string();
        made.map_err(|error| ours(&format!("{shown} can't be made"), &error))?;
        self.run(
            directory,
            &shown,
            &["init", "--quiet", "--bare", "--template=", "."],
        )
        .await?;
        Ok(())
    }

    /// Fetches into a repository.
    pub(super) async fn fetch(
        &self,
        directory: &Path,
        url: &str,
        options: &[&str],
        references: &[String],
    ) -> Result<(), FollowError> {
        let mut arguments = vec![
            "fetch",
            "--quiet",
            "--no-tags",
            "--prune",
            "--no-write-fetch-head",
        ];
        arguments.extend(options);
        arguments.extend(["--end-of-options", url]);
        arguments.extend(references.iter().map(String::as_str));
        self.run(directory, url, &arguments).await?;
        Ok(())
    }

    fn start(&self, directory: &Path, arguments: &[&str]) -> Result<Child, FollowError> {
        let mut command = Command::new("git");
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command
            .arg("-c")
            .arg(format!("http.userAgent={}", self.agent));
        for name in CLEARED {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(directory)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "true")
            .env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        command
            .spawn()
            .map_err(|error| ours("git can't be run", &error))
    }
}

/// Waits for a run: what it printed, what it complained about, and whether it went well.
async fn ended(child: &mut Child) -> std::io::Result<(Vec<u8>, Vec<u8>, bool)> {
    let (output, complaint) = (child.stdout.take(), child.stderr.take());
    let (output, complaint) = tokio::join!(
        bounded(output, OUTPUT_LIMIT + 1),
        bounded(complaint, COMPLAINT_LIMIT)
    );
    let (output, complaint) = (output?, complaint?);
    if output.len() > OUTPUT_LIMIT {
        return Ok((output, complaint, false));
    }
    Ok((output, complaint, child.wait().await?.success()))
}

async fn bounded(from: Option<impl AsyncRead + Unpin>, limit: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        let most = u64::try_from(limit).unwrap_or(u64::MAX);
        from.take(most).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// Ends a run with all that it started.
fn end(group: Option<u32>) {
    let group = group.and_then(|id| i32::try_from(id).ok());
    if let Some(group) = group.and_then(rustix::process::Pid::from_raw) {
        // It may have ended by itself just now.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

/// What a failed run was about, by what git says of it.
fn failed(place: &str, complaint: &str) -> FollowError {
    let has = |words: &[&str]| words.iter().any(|word| complaint.contains(word));
    let status = complaint.split("returned error: ").nth(1);
    let status = status.and_then(|rest| rest.get(..3)?.parse().ok());
    let said = one_line(complaint);
    if let Some(status) = status {
        let (place, after) = (place.to_owned(), None);
        return FollowError::Refused {
            place,
            status,
            why: said,
            after,
        };
    }
    if has(&[
        "find remote ref",
        "not appear to be a git",
        "not found",
        "does not exist",
    ]) {
        return FollowError::Mistake(format!(
            "{place} can't be fetched ({said}): is there such a repository, and such a branch in it?"
        ));
    }
    if has(&[
        "unable to access",
        "Could not",
        "onnection",
        "hung up",
        "timed out",
        "unexpected disconnect",
    ]) {
        return FollowError::unreachable(place, said);
    }
    FollowError::Ours(format!("git failed for {place}: {said}"))
}

pub(super) fn ours(what: &str, error: &std::io::Error) -> FollowError {
    FollowError::Ours(format!("{what}: {error}"))
}

/// Whether git may fetch from a place: an address without secrets, or a path that begins with `/`.
pub(super) fn check_place(place: &str) -> Result<(), FollowError> {
    if place.starts_with('/') {
        return Ok(());
    }
    let url = Url::parse(place).ok();
    let known = url
        .as_ref()
        .is_some_and(|url| matches!(url.scheme(), "http" | "https" | "git" | "ssh" | "file"));
    if !known {
        return Err(FollowError::Mistake(format!(
            "`{}` is no repository to fetch from: give a path that begins with /, or an address with https, git or \
             ssh",
            one_line(place)
        )));
    }
    if url.is_some_and(|url| url.password().is_some()) {
        let what =
            "the address of a repository has a password in it, which others could see: take it out";
        return Err(FollowError::Mistake(what.to_owned()));
    }
    Ok(())
}
