//! One git repository of a public-inbox becomes commits, oldest first, as few of them as are needed.
//!
//! Such a repository has a commit for each mail and up to a gigabyte, of which only the end is wanted: it is fetched
//! without its beginning, and more of it until it reaches back to what is asked for. Where it was rewritten (a mail was
//! taken out), the commit to go on from is not in it any more; it then goes on a day before that one's date, and whoever
//! asked sees some mails again. Next: `epochs`.

use super::error::FollowError;
use crate::git::Git;
use std::path::PathBuf;

/// Commits that are fetched at first, besides those that are known to be needed.
const DEPTH: usize = 256;
/// How many times as many the next time.
const DEEPER: usize = 4;
/// Commits at the beginning that have to be old enough: one date alone may be anything.
const OLD_ENOUGH: usize = 16;
/// How far dates of neighbours may be out of order, in seconds.
const SLACK: i64 = 24 * 60 * 60;

/// Where to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Goal {
    /// At the first commit.
    Root,
    /// So many before the end.
    Newest(usize),
    /// At the first commit that was made at this time (seconds since 1970) or later.
    Since(i64),
    /// After a commit, of which the date is known.
    After(String, i64),
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Commit {
    /// In 40 hex digits.
    pub id: String,
    /// When the archive had the mail, about: seconds since 1970.
    pub date: i64,
}

/// A copy of the repository, in a directory of ours.
#[derive(Debug, Clone)]
pub(super) struct Mirror {
    pub git: Git,
    pub url: String,
    pub directory: PathBuf,
}

impl Mirror {
    /// Fetches, and gives the commits from the goal to the end.
    pub(super) async fn reach(&self, goal: &Goal) -> Result<Vec<Commit>, FollowError> {
        self.git.init(&self.directory).await?;
        let here = self.list().await?;
        if here.is_empty() && self.is_empty_there().await? {
            return Ok(here);
        }
        let mut depth = match goal {
            Goal::Root => {
                self.fetch(None).await?;
                return self.list().await;
            }
            Goal::Newest(count) => (*count).max(1),
            Goal::Since(_) => DEPTH,
            // What is here and was not looked at yet has to stay within reach.
            Goal::After(id, _) => DEPTH + after(&here, id).map_or(0, <[_]>::len),
        };
        loop {
            self.fetch(Some(depth)).await?;
            let list = self.list().await?;
            let whole = !self.directory.join("shallow").is_file();
            if whole || reaches(&list, goal) {
                return Ok(from(list, goal, &self.url));
            }
            depth = depth.saturating_mul(DEEPER);
        }
    }

    async fn fetch(&self, depth: Option<usize>) -> Result<(), FollowError> {
        let option = match depth {
            Some(depth) => format!("--depth={depth}"),
            None if self.directory.join("shallow").is_file() => "--unshallow".to_owned(),
            None => "--no-recurse-submodules".to_owned(),
        };
        let all = ["+refs/heads/*:refs/heads/*".to_owned()];
        let options = [option.as_str()];
        let fetched = self.git.fetch(&self.directory, &self.url, &options, &all);
        Ok(fetched.await?)
    }

    /// Whether there is no branch, where git would fail to fetch the end of it.
    async fn is_empty_there(&self) -> Result<bool, FollowError> {
        let arguments = ["ls-remote", "--heads", "--end-of-options", &self.url];
        let listed = self.git.run(&self.directory, &self.url, &arguments).await?;
        Ok(listed.is_empty())
    }

    /// All commits that there are here, oldest first.
    async fn list(&self) -> Result<Vec<Commit>, FollowError> {
        let arguments = ["rev-list", "--reverse", "--timestamp", "--branches"];
        let listed = self.git.run(&self.directory, &self.url, &arguments).await?;
        let listed = String::from_utf8_lossy(&listed);
        let commit = |line: &str| {
            let (date, id) = line.split_once(' ')?;
            let (date, id) = (date.parse().ok()?, id.to_owned());
            Some(Commit { id, date })
        };
        let commits: Option<Vec<Commit>> = listed.lines().map(commit).collect();
        commits.ok_or_else(|| FollowError::Ours("git rev-list printed something else".to_owned()))
    }
}

/// Those after a commit, where it is among them.
fn after<'a>(list: &'a [Commit], id: &str) -> Option<&'a [Commit]> {
    let at = list.iter().rposition(|commit| commit.id == id)?;
    Some(&list[at + 1..])
}

/// Whether the beginning of what there is lies before the goal.
fn reaches(list: &[Commit], goal: &Goal) -> bool {
    let before = |time: i64| {
        list.len() >= OLD_ENOUGH && list[..OLD_ENOUGH].iter().all(|commit| commit.date < time)
    };
    match goal {
        Goal::Root => false,
        Goal::Newest(count) => list.len() >= *count,
        Goal::Since(time) => before(*time),
        Goal::After(id, date) => after(list, id).is_some() || before(date.saturating_sub(SLACK)),
    }
}

/// What is after the goal.
fn from(mut list: Vec<Commit>, goal: &Goal, url: &str) -> Vec<Commit> {
    let since = |list: &[Commit], time: i64| {
        let old = |commit: &&Commit| commit.date < time;
        list.iter().take_while(old).count()
    };
    let skipped = match goal {
        Goal::Root => 0,
        Goal::Newest(count) => list.len().saturating_sub(*count),
        Goal::Since(time) => since(&list, *time),
        Goal::After(id, date) => match after(&list, id) {
            Some(rest) => list.len() - rest.len(),
            None => {
                tracing::warn!(
                    url,
                    commit = id,
                    "the archive was rewritten; a day of it is read again"
                );
                since(&list, date.saturating_sub(SLACK))
            }
        },
    };
    list.drain(..skipped);
    list
}
