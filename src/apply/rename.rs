//! Files that are gone and files that came become renames, by git's measure of likeness.
//!
//! Two files are as alike as the larger of them has lines of the other, counted in bytes; from one half on
//! they are taken for one. Which pairs are taken first is as in git, too, since another choice would be
//! another merge.

use super::error::Fault;
use super::refusal::Name;
use super::scratch::Scratch;
use super::tree::{Edits, FILE, KIND};
use git2::{ObjectType, Oid};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The least likeness of a renamed file, of [`WHOLE`].
const LEAST: u64 = WHOLE / 2;
const WHOLE: u64 = 60_000;
/// The longest part of a line that is counted as one, in bytes.
const PART: usize = 64;
/// Pairs that a file is remembered in.
const PAIRS_OF_ONE: usize = 4;

/// Where each gone file went, as far as that can be told: new names by old ones.
pub(super) fn renames(
    scratch: &Scratch,
    gone: &Edits,
    came: &Edits,
) -> Result<BTreeMap<Name, Name>, Fault> {
    let nothing = Oid::hash_object(ObjectType::Blob, b"")?;
    // Empty files are all alike.
    let files = |edits: &Edits| -> Vec<(Name, Oid)> {
        let files = edits
            .iter()
            .filter_map(|(name, entry)| Some((name, (*entry)?)));
        files
            .filter(|(_, entry)| entry.mode & KIND == FILE && entry.id != nothing)
            .map(|(name, entry)| (name.clone(), entry.id))
            .collect()
    };
    let (gone, came) = (files(gone), files(came));
    let mut pairs = Pairs::default();
    for (new, id) in &came {
        let same = gone
            .iter()
            .filter(|(old, other)| other == id && pairs.is_free(old));
        // Of several the first, unless another has the same last name.
        let same: Vec<&Name> = same.map(|(old, _)| old).collect();
        let by_name = same.iter().find(|old| same_last_name(old, new));
        if let Some(old) = by_name.or(same.first()) {
            pairs.take(old, new);
        }
    }
    let old: Vec<(&Name, Parts)> =
        contents(scratch, gone.iter().filter(|(old, _)| pairs.is_free(old)))?;
    let new = came.iter().filter(|(new, _)| !pairs.taken.contains(new));
    let new = match old.is_empty() {
        true => Vec::new(),
        false => contents(scratch, new)?,
    };
    for (old, new) in likely(&old, &new) {
        if pairs.is_free(old) && !pairs.taken.contains(new) {
            pairs.take(old, new);
        }
    }
    Ok(pairs.found)
}

#[derive(Default)]
struct Pairs {
    found: BTreeMap<Name, Name>,
    taken: BTreeSet<Name>,
}

impl Pairs {
    fn is_free(&self, old: &Name) -> bool {
        !self.found.contains_key(old)
    }

    fn take(&mut self, old: &Name, new: &Name) {
        self.found.insert(old.clone(), new.clone());
        self.taken.insert(new.clone());
    }
}

/// How many bytes of each line a file has, and of all.
struct Parts {
    size: u64,
    by_line: HashMap<Vec<u8>, u64>,
}

fn contents<'n>(
    scratch: &Scratch,
    files: impl Iterator<Item = &'n (Name, Oid)>,
) -> Result<Vec<(&'n Name, Parts)>, Fault> {
    let each = files.map(|(name, id)| Ok((name, Parts::of(&scratch.blob(*id, name)?))));
    each.collect()
}

impl Parts {
    fn of(text: &[u8]) -> Self {
        let mut by_line: HashMap<Vec<u8>, u64> = HashMap::new();
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            for part in line.chunks(PART) {
                let bytes = u64::try_from(part.len()).unwrap_or_default();
                *by_line.entry(part.to_vec()).or_default() += bytes;
            }
        }
        Self {
            size: u64::try_from(text.len()).unwrap_or(u64::MAX),
            by_line,
        }
    }

    /// How much of the larger file is in the other, of [`WHOLE`].
    fn likeness(&self, other: &Self) -> u64 {
        let larger = self.size.max(other.size);
        let smaller = self.size.min(other.size);
        if larger == 0 || larger * (WHOLE - LEAST) < (larger - smaller) * WHOLE {
            return 0;
        }
        let common = self.by_line.iter().map(|(line, bytes)| {
            let theirs = other.by_line.get(line).copied().unwrap_or_default();
            theirs.min(*bytes)
        });
        common.sum::<u64>() * WHOLE / larger
    }
}

/// Pairs of old and new names that are alike enough, likeliest first.
fn likely<'n>(old: &[(&'n Name, Parts)], new: &[(&'n Name, Parts)]) -> Vec<(&'n Name, &'n Name)> {
    let mut scored = Vec::new();
    for (new_name, new_parts) in new {
        let scores = old.iter().map(|(old_name, old_parts)| {
            let score = old_parts.likeness(new_parts);
            (
                score,
                same_last_name(old_name, new_name),
                *old_name,
                *new_name,
            )
        });
        let mut best: Vec<_> = scores.filter(|(score, ..)| *score >= LEAST).collect();
        best.sort_by_key(|(score, named, ..)| std::cmp::Reverse((*score, *named)));
        best.truncate(PAIRS_OF_ONE);
        scored.extend(best);
    }
    scored.sort_by_key(|(score, named, ..)| std::cmp::Reverse((*score, *named)));
    scored
        .into_iter()
        .map(|(_, _, old, new)| (old, new))
        .collect()
}

fn same_last_name(one: &[u8], other: &[u8]) -> bool {
    let last = |name: &[u8]| name.rsplit(|byte| *byte == b'/').next().map(<[u8]>::to_vec);
    last(one) == last(other)
}
