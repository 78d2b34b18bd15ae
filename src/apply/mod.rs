//! Patches become commits, as objects: nothing is checked out, no hook runs, no program is started, and the
//! user's repository is only read.
//!
//! ```text
//! mail::Patch -> parse -> files, hunk (merge) -> tree -> series -> Applied
//! ```
//!
//! What `git am -3 --quoted-cr=strip` makes of a series, this makes too, apart from three things: binary
//! patches are left out and told, and names that lead out of the tree, symbolic links and changes of
//! submodules are refused. `parse` and `hunk` know text alone, `files` decides what each part of a diff builds
//! on, `merge` is the three-way way, `tree` writes trees, `scratch` is where the objects go, `base` finds the
//! commit to stand on. Judges nothing and knows no headers. Next: `pipeline`.

mod base;
mod budget;
mod error;
mod files;
mod header;
mod hunk;
mod merge;
mod name;
mod parse;
mod path;
mod refusal;
mod rename;
mod scratch;
mod series;
mod tree;

pub use base::{Hint, Hints, Rule};
pub use error::ApplyError;
pub use refusal::{NotApplied, Refusal};
pub use scratch::Scratch;
pub use series::Commit;

use crate::mail::Patch;
use crate::source;
use base::Candidate;
use budget::Budget;
use series::Outcome;
use std::path::Path;

/// A series on its base.
pub struct Applied {
    /// Where its objects are.
    pub scratch: Scratch,
    /// The base.
    pub base: Base,
    /// The commits, one a patch, in the order of the series.
    pub commits: Vec<Commit>,
    /// The last of them, 40 hexadecimal digits; the base where there is none.
    pub tip: String,
    /// What was tried before, in vain.
    pub tried: Vec<Tried>,
}

/// The commit that a series stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// As people know it.
    pub name: String,
    /// Its id, 40 hexadecimal digits.
    pub commit: String,
    /// What chose it.
    pub rule: Rule,
}

/// A base that a series does not apply to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The base.
    pub base: Base,
    /// What stood in the way.
    pub why: NotApplied,
}

/// What came of a series.
pub enum Done {
    /// It stands on a base.
    Applied(Box<Applied>),
    /// It applies to none that was tried. Where nothing was, the patch at fault applies nowhere, or there is
    /// no base to try.
    Nowhere {
        /// What was tried.
        tried: Vec<Tried>,
        /// The patch that applies nowhere.
        fault: Option<NotApplied>,
    },
}

/// Puts the patches of a series onto the commit that they are for.
///
/// # Errors
/// A repository or a named base that is not there, and failures of the system. What is wrong with a patch is
/// no error: see [`Done::Nowhere`].
pub fn apply(repository: &Path, patches: &[Patch], hints: Hints<'_>) -> Result<Done, ApplyError> {
    let original = source::discover(repository)?;
    let texts: Vec<Vec<u8>> = patches
        .iter()
        .map(|patch| parse::without_cr(&patch.diff))
        .collect();
    let series = match series::read(patches, &texts) {
        Ok(series) => series,
        Err(fault) => return Ok(nowhere(Vec::new(), Some(fault))),
    };
    let scratch = Scratch::beside(&original)?;
    let budget = Budget::new();
    let mut tried = Vec::new();
    for candidate in base::candidates(&original, &scratch, hints, &series)? {
        match series::apply(&scratch, candidate.commit, &series, &budget)? {
            Outcome::Applied(series::Applied { commits, tip }) => {
                return Ok(Done::Applied(Box::new(Applied {
                    scratch,
                    base: candidate.into(),
                    commits,
                    tip: tip.to_string(),
                    tried,
                })));
            }
            Outcome::Not(why) if why.direct.holds_everywhere() => {
                return Ok(nowhere(tried, Some(why)));
            }
            Outcome::Not(why) => tried.push(Tried {
                base: candidate.into(),
                why,
            }),
        }
    }
    Ok(nowhere(tried, None))
}

fn nowhere(tried: Vec<Tried>, fault: Option<NotApplied>) -> Done {
    Done::Nowhere { tried, fault }
}

impl From<Candidate> for Base {
    fn from(candidate: Candidate) -> Self {
        Self {
            name: candidate.name,
            commit: candidate.commit.to_string(),
            rule: candidate.rule,
        }
    }
}
