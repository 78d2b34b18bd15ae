//! A series on a base becomes commits, one a patch, each on top of the one before.
//!
//! Each is tried as `git apply` would put it there, then as `git am -3` would merge it. The commits have the
//! author, date and message of the mails; who commits is always the same, so that the same series on the
//! same base gives the same ids.

use super::budget::Budget;
use super::error::{ApplyError, Fault};
use super::files;
use super::merge;
use super::parse::{self, FilePatch};
use super::refusal::{NotApplied, Refusal, shown};
use super::scratch::Scratch;
use super::tree::{self, Edits};
use crate::mail::Patch;
use git2::{ObjectType, Oid, Signature, Time};

/// The most patches of a series.
pub(super) const PATCHES_LIMIT: usize = 500;

/// A patch, read.
pub(super) struct Read<'p> {
    pub patch: &'p Patch,
    pub files: Vec<FilePatch<'p>>,
}

/// A patch as it stands on a base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its place in the series.
    pub position: u32,
    /// Its id, 40 hexadecimal digits.
    pub id: String,
    /// Whether it fitted only by a three-way merge.
    pub merged: bool,
    /// Whether the base has all of it already.
    pub is_empty: bool,
    /// Binary files in it, which were left as they are.
    pub binary: Vec<String>,
}

/// A series that stands on a base.
pub(super) struct Applied {
    pub commits: Vec<Commit>,
    pub tip: Oid,
}

/// What came of trying.
pub(super) enum Outcome {
    Applied(Applied),
    Not(NotApplied),
}

/// Tries a series on a commit.
pub(super) fn apply(
    scratch: &Scratch,
    base: Oid,
    series: &[Read<'_>],
    budget: &Budget,
) -> Result<Outcome, ApplyError> {
    let mut tip = base;
    let mut commits = Vec::new();
    for read in series {
        let ours = scratch.repository.find_commit(tip)?.tree_id();
        let (tree, merged) = match tree_after(scratch, ours, &read.files, budget)? {
            Ok(found) => found,
            Err((direct, merged)) => {
                return Ok(Outcome::Not(NotApplied {
                    position: read.patch.position,
                    direct,
                    merged,
                }));
            }
        };
        tip = commit(scratch, read.patch, tree, tip)?;
        let binary = read.files.iter().filter(|file| file.is_binary);
        commits.push(Commit {
            position: read.patch.position,
            id: tip.to_string(),
            merged,
            is_empty: tree == ours,
            binary: binary.map(|file| shown(file.name())).collect(),
        });
    }
    Ok(Outcome::Applied(Applied { commits, tip }))
}

/// The tree with a patch in it, and whether a merge was needed; or why neither way leads there.
type TreeAfter = Result<(Oid, bool), (Refusal, Option<Refusal>)>;

fn tree_after(
    scratch: &Scratch,
    ours: Oid,
    files: &[FilePatch<'_>],
    budget: &Budget,
) -> Result<TreeAfter, ApplyError> {
    let write = |edits: Edits| tree::edited(scratch, ours, &edits);
    let direct = match refused(files::edits(scratch, ours, files, budget).and_then(write))? {
        Ok(tree) => return Ok(Ok((tree, false))),
        Err(refusal) if refusal.holds_everywhere() => return Ok(Err((refusal, None))),
        Err(refusal) => refusal,
    };
    Ok(
        match refused(merge::edits(scratch, ours, files, budget).and_then(write))? {
            Ok(tree) => Ok((tree, true)),
            Err(refusal) => Err((direct, Some(refusal))),
        },
    )
}

/// What is wrong with a patch, apart from what is wrong with the machine.
fn refused<T>(done: Result<T, Fault>) -> Result<Result<T, Refusal>, ApplyError> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(Fault::Refused(refusal)) => Ok(Err(refusal)),
        Err(Fault::Failed(error)) => Err(error),
    }
}

/// Reads the diffs of a series; `texts` are those of the patches without CRs.
pub(super) fn read<'p>(
    patches: &'p [Patch],
    texts: &'p [Vec<u8>],
) -> Result<Vec<Read<'p>>, NotApplied> {
    let not = |patch: &Patch, direct| NotApplied {
        position: patch.position,
        direct,
        merged: None,
    };
    if let Some(patch) = patches.get(PATCHES_LIMIT) {
        let direct = Refusal::TooLarge {
            what: format!("the series has {} patches", patches.len()),
            limit: format!("{PATCHES_LIMIT} patches are applied"),
        };
        return Err(not(patch, direct));
    }
    let pairs = patches.iter().zip(texts);
    let read = pairs.map(|(patch, text)| match parse::parse(text) {
        Ok(files) => Ok(Read { patch, files }),
        Err(refusal) => Err(not(patch, refusal)),
    });
    read.collect()
}

fn commit(scratch: &Scratch, patch: &Patch, tree: Oid, parent: Oid) -> Result<Oid, ApplyError> {
    let git = &scratch.repository;
    let parent = git.find_commit(parent)?;
    let written = Time::new(
        patch.when.seconds.clamp(0, LATEST),
        patch.when.offset_minutes.clamp(-FARTHEST, FARTHEST),
    );
    // A commit is not older than its parent, so that walks which go by the date meet it first.
    let committed = Time::new(parent.time().seconds().clamp(0, LATEST), 0);
    let author = &patch.author;
    let email = word(&author.email, "unknown");
    let author = Signature::new(&word(&author.name, &email), &email, &written)?;
    let committer = Signature::new("uapi-check", "uapi-check@localhost", &committed)?;
    let message = patch.message.replace('\0', "");
    let tree = git.find_tree(tree)?;
    let bytes = git.commit_create_buffer(&author, &committer, &message, &tree, &[&parent])?;
    scratch.put(ObjectType::Commit, &bytes)
}

/// The last second that a commit may be of: some time in the year 5138. git reads no later ones everywhere.
const LATEST: i64 = 99_999_999_999;
/// The farthest that a clock is from UTC, in minutes.
const FARTHEST: i32 = 14 * 60;

/// A name or address as a commit can have it.
fn word(text: &str, otherwise: &str) -> String {
    let plain = |c: &char| !c.is_control() && !"<>".contains(*c);
    let text: String = text.chars().filter(plain).collect();
    let text = text.trim_matches(|c: char| c.is_whitespace() || ".,:;\"\\'".contains(c));
    match text.is_empty() {
        true => otherwise.to_owned(),
        false => text.to_owned(),
    }
}
