//! `git` is run: for fetching, which needs the network and what git knows of it.
//!
//! It reads no configuration of the machine or the user, runs no hook, asks nobody for a password, and is ended with all
//! that it started when it takes too long or brings too much. A secret goes to it in its environment, which others can't
//! read, and for one server only. Next: `crate::follow`, `crate::github`.

mod error;

pub use error::GitError;

use crate::http::one_line;
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use url::Url;

/// Bytes of what git prints at most: a line of 52 bytes for each of two million commits.
const OUTPUT_LIMIT: usize = 100 << 20;
/// Bytes of its complaints at most; what is more is not kept.
const COMPLAINT_LIMIT: usize = 64 << 10;
/// How often it is looked how much a fetch has brought.
const LOOK_EVERY: Duration = Duration::from_millis(100);
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
const CLEARED: [&str; 7] = [
    "GIT_CONFIG_COUNT",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG_PARAMETERS",
];

/// How git is run.
#[derive(Debug, Clone)]
pub struct Git {
    /// How it names itself to servers of HTTP.
    pub agent: String,
    /// A run takes no longer.
    pub limit: Duration,
    /// A field of the header for one server, with which git logs in there.
    pub login: Option<HttpLogin>,
    /// Bytes that a fetch may bring at most, packed.
    pub room: Option<u64>,
    /// A file that git has open as long as it runs: a lock on it lasts until git ends, too, where this process dies
    /// before that.
    pub lock: Option<Arc<File>>,
}

/// A field of the header that goes to one server, and to no other. It is not shown.
#[derive(Clone)]
pub struct HttpLogin {
    /// The server: addresses that begin with this one.
    pub server: Url,
    /// The whole field: `Authorization: Basic ...`.
    pub field: String,
}

impl std::fmt::Debug for HttpLogin {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "HttpLogin({})", self.server)
    }
}

impl Git {
    /// What git prints. `place` is what the errors are about.
    ///
    /// # Errors
    ///
    /// Where git fails, or is over one of its bounds.
    pub async fn run(
        &self,
        directory: &Path,
        place: &str,
        arguments: &[&str],
    ) -> Result<Vec<u8>, GitError> {
        let mut child = self.start(directory, arguments)?;
        let group = child.id();
        let ended = async {
            tokio::select! {
                ended = ended(&mut child) => ended.map(Some),
                () = grown(directory, self.room) => Ok(None),
            }
        };
        let done = timeout(self.limit, ended).await;
        let (output, complaint, success) = match done {
            Ok(Ok(Some(done))) => done,
            Ok(Ok(None)) => {
                end(group);
                let room = self.room.unwrap_or_default();
                return Err(GitError::too_large(
                    place,
                    format!("more than {room} bytes would be fetched"),
                ));
            }
            Ok(Err(error)) => return Err(ours("git can't be run", &error)),
            Err(_) => {
                end(group);
                let why = format!("git took more than {} seconds", self.limit.as_secs());
                return Err(GitError::unreachable(place, why));
            }
        };
        if output.len() > OUTPUT_LIMIT {
            end(group);
            let what = format!("git prints more than {OUTPUT_LIMIT} bytes");
            return Err(GitError::too_large(place, what));
        }
        match success {
            true => Ok(output),
            false => Err(failed(place, &String::from_utf8_lossy(&complaint))),
        }
    }

    /// Makes a bare repository where there is none.
    ///
    /// # Errors
    ///
    /// Where it can't be made.
    pub async fn init(&self, directory: &Path) -> Result<(), GitError> {
        // The objects come last: one who was ended before left half of a repository.
        if directory.join("HEAD").is_file() && directory.join("objects").is_dir() {
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
    ///
    /// # Errors
    ///
    /// Where git fails, or is over one of its bounds.
    pub async fn fetch(
        &self,
        directory: &Path,
        url: &str,
        options: &[&str],
        references: &[String],
    ) -> Result<(), GitError> {
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

    fn start(&self, directory: &Path, arguments: &[&str]) -> Result<Child, GitError> {
        let mut command = Command::new("git");
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command
            .arg("-c")
            .arg(format!("http.userAgent={}", self.agent));
        if self.room.is_some() {
            // A few objects stay a pack too, whose size is watched.
            command.args(["-c", "fetch.unpackLimit=1"]);
        }
        for name in CLEARED {
            command.env_remove(name);
        }
        let lock = self.lock.as_ref().map(|lock| lock.try_clone()).transpose();
        let lock = lock.map_err(|error| ours("git can't be given its lock", &error))?;
        command
            .args(arguments)
            .current_dir(directory)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "true")
            .env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
            .env("LC_ALL", "C")
            // Nothing here reads it.
            .stdin(lock.map_or_else(Stdio::null, Stdio::from))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(login) = &self.login {
            command
                .env("GIT_CONFIG_COUNT", "1")
                .env(
                    "GIT_CONFIG_KEY_0",
                    format!("http.{}.extraHeader", login.server),
                )
                .env("GIT_CONFIG_VALUE_0", &login.field);
        }
        command
            .spawn()
            .map_err(|error| ours("git can't be run", &error))
    }
}

/// Ends when the packs of a repository have grown by more than there is room for; never, where there is no bound.
/// What git receives is written there as it comes.
async fn grown(directory: &Path, room: Option<u64>) {
    let Some(room) = room else {
        return std::future::pending().await;
    };
    let packs = directory.join("objects/pack");
    let most = size(&packs).await.saturating_add(room);
    while size(&packs).await <= most {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Bytes of the files in a directory; none where it can't be read.
async fn size(directory: &Path) -> u64 {
    let Ok(mut entries) = tokio::fs::read_dir(directory).await else {
        return 0;
    };
    let mut bytes = 0_u64;
    while let Ok(Some(entry)) = entries.next_entry().await {
        // It may be gone by now.
        let length = entry.metadata().await.map_or(0, |it| it.len());
        bytes = bytes.saturating_add(length);
    }
    bytes
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
fn failed(place: &str, complaint: &str) -> GitError {
    let has = |words: &[&str]| words.iter().any(|word| complaint.contains(word));
    let status = complaint.split("returned error: ").nth(1);
    let status = status.and_then(|rest| rest.get(..3)?.parse().ok());
    let said = one_line(complaint);
    if let Some(status) = status {
        let place = place.to_owned();
        return GitError::Refused {
            place,
            status,
            why: said,
        };
    }
    // With a login of ours, a server that asks for one says that ours is none.
    if has(&[
        "could not read Username",
        "Authentication failed",
        "could not read Password",
    ]) {
        return GitError::Refused {
            place: place.to_owned(),
            status: 401,
            why: said,
        };
    }
    if has(&[
        "find remote ref",
        "not appear to be a git",
        "not found",
        "does not exist",
    ]) {
        return GitError::Mistake(format!(
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
        return GitError::unreachable(place, said);
    }
    GitError::Ours(format!("git failed for {place}: {said}"))
}

fn ours(what: &str, error: &std::io::Error) -> GitError {
    GitError::Ours(format!("{what}: {error}"))
}

/// Whether git may fetch from a place: an address without secrets, or a path that begins with `/`.
///
/// # Errors
///
/// A mistake where it may not.
pub fn check_place(place: &str) -> Result<(), GitError> {
    if place.starts_with('/') {
        return Ok(());
    }
    let url = Url::parse(place).ok();
    let known = url
        .as_ref()
        .is_some_and(|url| matches!(url.scheme(), "http" | "https" | "git" | "ssh" | "file"));
    if !known {
        return Err(GitError::Mistake(format!(
            "`{}` is no repository to fetch from: give a path that begins with /, or an address with https, git or \
             ssh",
            one_line(place)
        )));
    }
    if url.is_some_and(|url| url.password().is_some()) {
        let what =
            "the address of a repository has a password in it, which others could see: take it out";
        return Err(GitError::Mistake(what.to_owned()));
    }
    Ok(())
}
