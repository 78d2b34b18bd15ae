//! A text and some edits become a mutated text, with the names that it is about.

use std::ops::Range;

/// One way in which a header was changed.
#[derive(Debug, Clone)]
pub struct Mutation {
    /// What was done, for whoever reads a counterexample.
    pub what: String,
    /// Whom it was done to, as C programmers write it; empty where to nobody.
    pub subject: String,
    /// The header afterwards.
    pub text: String,
    /// Path and text of a file that comes too.
    pub beside: Option<(&'static str, &'static str)>,
}

/// Bytes that are replaced by others.
pub type Edit = (Range<usize>, String);

/// The text with edits that don't overlap.
pub fn edited(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(at, _)| (at.start, at.end));
    let mut result = String::with_capacity(text.len());
    let mut end = 0;
    for (at, new) in edits {
        if at.start < end {
            continue;
        }
        result.push_str(&text[end..at.start]);
        result.push_str(&new);
        end = at.end;
    }
    result.push_str(&text[end..]);
    result
}

/// Takes edits that belong together, or none of them where one would lie over another.
pub fn take(edits: &mut Vec<Edit>, group: impl IntoIterator<Item = Edit>) {
    let group: Vec<Edit> = group.into_iter().collect();
    let over = |(one, _): &Edit, (other, _): &Edit| {
        one.start < other.end && other.start < one.end || one == other
    };
    if !group
        .iter()
        .any(|new| edits.iter().any(|old| over(old, new)))
    {
        edits.extend(group);
    }
}
