//! The commits of a pull request come into a bare repository of our own, one for each repository on GitHub.
//!
//! Fetched are the head of the pull request, the branch that it is for, and the tags of releases: whole, since what is
//! read later is read without asking anybody. The first time that is all of a history; a clone that is there already
//! can lend its objects. Nothing is checked out, no hook is run, and the token reaches git in its environment only. Time
//! and size of each fetch are bounded. Next: `crate::git`.

use super::client::Client;
use super::error::Error;
use super::names::{Repository, is_branch, is_commit, segment};
use crate::git::{Git, GitError, HttpLogin};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use octocrab::secrecy::ExposeSecret;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Packs from which on a repository is packed anew after a fetch.
const PACKS: usize = 50;
/// Directories of references that are gone through, one in the other: `github`, `pulls` and what may come.
const DEEP: usize = 8;
/// How often it is looked whether somebody else has done with a repository.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Where the repositories lie, and the bounds of a fetch.
#[derive(Debug, Clone)]
pub struct Cache {
    /// The directory that they lie in, as `owner/name.git`.
    pub directory: PathBuf,
    /// A clone that lends its objects, so that they are not fetched again: it must stay where it is.
    pub lender: Option<PathBuf>,
    /// A fetch takes no longer, waiting for another one of the same repository included.
    pub limit: Duration,
    /// Bytes that a fetch brings at most, packed.
    pub room: u64,
}

/// What is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The head of a pull request, and the branch that it is for.
    Pull {
        /// Its number.
        number: u64,
        /// The branch, without `refs/heads/`.
        base: String,
    },
    /// A branch, and one that it is held against.
    Branches {
        /// The one, without `refs/heads/`.
        head: String,
        /// The other.
        base: String,
    },
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The repository that has it.
    pub repository: PathBuf,
    /// The commit that was wanted, in hex, as it stood when it was fetched.
    pub head: String,
    /// The commit of the branch that it is held against.
    pub base: String,
}

impl Cache {
    /// Where the copy of a repository lies.
    #[must_use]
    pub fn path(&self, repository: &Repository) -> PathBuf {
        // GitHub takes names in any case, and has one repository for all of them.
        let name = repository.as_str().to_ascii_lowercase();
        self.directory.join(format!("{name}.git"))
    }

    /// Fetches.
    ///
    /// # Errors
    ///
    /// Where GitHub gives no token or refuses, there is no such branch or pull request, it took too long or brought too
    /// much, or the disk fails.
    pub async fn fetch(
        &self,
        client: &Client,
        repository: &Repository,
        wanted: &Wanted,
    ) -> Result<Fetched, Error> {
        let (head, base) = wanted.references(repository)?;
        let directory = self.path(repository);
        let turn = self.alone(&directory).await?;
        let references = [
            format!("+{}:{}", head.there, head.here),
            format!("+{}:{}", base.there, base.here),
            "+refs/tags/v*:refs/tags/v*".to_owned(),
        ];
        let mut git = self.git(client, repository, &turn).await?;
        git.init(&directory)
            .await
            .map_err(|error| failed(repository, error))?;
        self.borrow(&directory)?;
        let mut fetched = bring(&git, client, repository, &directory, &references).await;
        if client.is_app() && matches!(fetched, Err(GitError::Refused { status: 401, .. })) {
            // The token was taken back before its time: there may be another.
            client.forget_installations().await;
            git = self.git(client, repository, &turn).await?;
            fetched = bring(&git, client, repository, &directory, &references).await;
        }
        fetched.map_err(|error| failed(repository, error))?;
        tidy(&git, &directory).await;
        turn.over();
        let [head, base] = [
            commit(&git, &directory, &head.here).await?,
            commit(&git, &directory, &base.here).await?,
        ];
        let repository = directory;
        Ok(Fetched {
            repository,
            head,
            base,
        })
    }

    async fn git(
        &self,
        client: &Client,
        repository: &Repository,
        turn: &Turn,
    ) -> Result<Git, Error> {
        let token = client.fetch_token(repository).await?;
        let pair = STANDARD.encode(format!("x-access-token:{}", token.expose_secret()));
        Ok(Git {
            agent: client.agent()?,
            limit: self.limit,
            login: Some(HttpLogin {
                server: client.git_url(repository),
                field: format!("Authorization: Basic {pair}"),
            }),
            room: Some(self.room),
            lock: Some(Arc::clone(&turn.0)),
        })
    }

    /// Waits until nobody else fetches into a repository, here or in another process, and puts in order what one left
    /// behind that was ended meanwhile.
    async fn alone(&self, directory: &Path) -> Result<Turn, Error> {
        let name = directory.with_extension("lock");
        let shown = name.display().to_string();
        let ours =
            |error: &std::io::Error| Error::Ours(format!("{shown} can't be written: {error}"));
        let parent = directory.parent().unwrap_or(&self.directory);
        std::fs::create_dir_all(parent).map_err(|error| ours(&error))?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(&name).map_err(|error| ours(&error))?;
        let until = Instant::now() + self.limit;
        loop {
            match file.try_lock() {
                Ok(()) => return Turn::begin(file, directory).map_err(|error| ours(&error)),
                Err(TryLockError::Error(error)) => return Err(ours(&error)),
                Err(TryLockError::WouldBlock) if Instant::now() >= until => {
                    let why = format!(
                        "another fetch goes on for more than {} seconds",
                        self.limit.as_secs()
                    );
                    return Err(Error::later("git fetch", why));
                }
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    /// Names the clone that lends its objects (gitrepository-layout(5), `objects/info/alternates`).
    fn borrow(&self, directory: &Path) -> Result<(), Error> {
        let Some(lender) = &self.lender else {
            return Ok(());
        };
        let shown = lender.display();
        let inner = [lender.join(".git/objects"), lender.join("objects")];
        let objects = inner.iter().find(|inner| inner.is_dir()).ok_or_else(|| {
            Error::Mistake(format!(
                "{shown} is no git repository, and can't lend its objects: name a clone"
            ))
        })?;
        let objects =
            std::path::absolute(objects).map_err(|error| Error::Ours(error.to_string()))?;
        let line = format!("{}\n", objects.display());
        let info = directory.join("objects/info");
        let written = std::fs::create_dir_all(&info);
        let written = written.and_then(|()| std::fs::write(info.join("alternates"), line));
        written
            .map_err(|error| Error::Ours(format!("{} can't be written: {error}", info.display())))
    }
}

/// Whoever has it is alone with a repository: until it is dropped, and whatever git still runs with it has ended.
struct Turn(Arc<File>);

impl Turn {
    /// Takes a file that is locked. It is empty, unless whoever had it did not come to the end.
    fn begin(file: File, directory: &Path) -> std::io::Result<Self> {
        if file.metadata()?.len() > 0 {
            sweep(directory);
        }
        file.set_len(1)?;
        Ok(Self(Arc::new(file)))
    }

    /// Notes that nothing was left behind. Where that fails, it is looked for in vain.
    fn over(&self) {
        let _ = self.0.set_len(0);
    }
}

/// What a reference is called on GitHub, and in our copy.
struct Reference {
    there: String,
    here: String,
}

impl Wanted {
    fn references(&self, repository: &Repository) -> Result<(Reference, Reference), Error> {
        let branch = |name: &str| {
            if !is_branch(name) {
                return Err(Error::garbled(
                    &format!("git fetch {repository}"),
                    "the name of a branch is none",
                ));
            }
            // As one word: a branch `a` that is gone would be in the way of a branch `a/b`.
            Ok(Reference {
                there: format!("refs/heads/{name}"),
                here: format!("refs/github/branches/{}", segment(name)),
            })
        };
        match self {
            Self::Branches { head, base } => Ok((branch(head)?, branch(base)?)),
            Self::Pull { number, base } => {
                let head = Reference {
                    there: format!("refs/pull/{number}/head"),
                    here: format!("refs/github/pulls/{number}"),
                };
                Ok((head, branch(base)?))
            }
        }
    }
}

/// The commit of a reference in our copy.
async fn commit(git: &Git, directory: &Path, reference: &str) -> Result<String, Error> {
    let name = format!("{reference}^{{commit}}");
    let arguments = ["rev-parse", "--verify", "--end-of-options", &name];
    let said = git.run(directory, reference, &arguments).await;
    let said = said.map_err(|error| Error::Ours(error.to_string()))?;
    let id = String::from_utf8_lossy(&said).trim().to_owned();
    match is_commit(&id) {
        true => Ok(id),
        false => Err(Error::Ours(format!("git names no commit for {reference}"))),
    }
}

/// Fetches these references.
async fn bring(
    git: &Git,
    client: &Client,
    repository: &Repository,
    directory: &Path,
    references: &[String],
) -> Result<(), GitError> {
    let url = client.git_url(repository);
    // Packing anew has its own time.
    let options = ["--no-auto-gc"];
    let fetched = git
        .fetch(directory, url.as_str(), &options, references)
        .await;
    if fetched.is_err() {
        sweep(directory);
    }
    fetched
}

/// Takes away what a git left that was ended: packs that are not whole, which have names of their own, and locks, which
/// would be in everybody's way for ever. Those of references are as deep as these are, which is not deep here.
fn sweep(directory: &Path) {
    sweep_in(&directory.join("objects/pack"), 0, |name| {
        name.starts_with("tmp_")
    });
    sweep_in(directory, 0, |name| name.ends_with(".lock"));
    sweep_in(&directory.join("refs"), DEEP, |name| {
        name.ends_with(".lock")
    });
}

fn sweep_in(directory: &Path, deep: usize, left: fn(&str) -> bool) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_directory && deep > 0 {
            sweep_in(&entry.path(), deep - 1, left);
        } else if !is_directory && left(&entry.file_name().to_string_lossy()) {
            // Where it can't be taken away, the next fetch tells why.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Puts packs together where there are many. Nothing is lost, whether something names it or not: somebody may be
/// reading it.
async fn tidy(git: &Git, directory: &Path) {
    let packs = std::fs::read_dir(directory.join("objects/pack"));
    let pack = |entry: &std::fs::DirEntry| entry.path().extension().is_some_and(|it| it == "pack");
    if packs.into_iter().flatten().flatten().filter(pack).count() < PACKS {
        return;
    }
    let git = Git {
        room: None,
        login: None,
        ..git.clone()
    };
    let arguments = ["repack", "-q", "-d", "-l", "--geometric=2"];
    if let Err(error) = git.run(directory, "the copy", &arguments).await {
        tracing::warn!(%error, directory = %directory.display(), "packs are not put together");
    }
}

fn failed(repository: &Repository, error: GitError) -> Error {
    let what = format!("git fetch {repository}");
    match error {
        GitError::Unreachable { why, .. } => Error::later(&what, why),
        GitError::Refused { status, why, .. } if crate::http::may_pass(status) => {
            Error::later(&what, format!("status {status}: {why}"))
        }
        GitError::Refused { status, .. } if matches!(status, 401 | 403) => Error::Mistake(format!(
            "{repository} can't be fetched (status {status}): let the App, or the token, read contents there"
        )),
        GitError::Refused { status, why, .. } => Error::Refused { what, status, why },
        GitError::TooLarge { what: bound, .. } => Error::garbled(&what, bound),
        GitError::Mistake(why) => Error::Refused {
            what,
            status: 404,
            why,
        },
        GitError::Ours(why) => Error::Ours(why),
    }
}
