//! A [`Finding`]: a change, the rule that matched it, and the verdict.

use crate::diff::change::{Facts, Release, told};
use crate::model::Place;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The verdict of one finding, gravest last.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A compatible change or addition.
    Ok,
    /// Compatible today, but a design that can't be repaired once released.
    Lint,
    /// May break; the headers alone can't tell.
    Review,
    /// A program built or compiled against `before` stops working with `after`.
    Break,
}

/// Who is hurt by it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Breaks {
    /// Programs that were compiled before.
    Binary,
    /// Programs that will be compiled again.
    Source,
    /// Either.
    Both,
}

/// C lines that compile against `before` and not against `after`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// The lines, to stand after `#include <header>`.
    pub code: String,
    /// `None` until it was tried; then whether it behaved so.
    pub confirmed: Option<bool>,
}

/// The same finding with other values on some targets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Those targets.
    pub targets: Vec<String>,
    /// Facts before.
    #[serde(with = "told")]
    pub before: Facts,
    /// Facts after.
    #[serde(with = "told")]
    pub after: Facts,
}

/// A change, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Rule, subject, member, header, values, what is declared, and targets, hashed; no line numbers and no
    /// wording. Who agrees with a finding agrees with what has this fingerprint.
    pub fingerprint: String,
    /// Hashes of what is declared under the subject; a part of the fingerprint.
    pub content: BTreeSet<String>,
    /// Id of the rule that matched.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Who is hurt; `None` for `ok`.
    pub breaks: Option<Breaks>,
    /// True for a rule in preview: shown, and never fails a run.
    pub preview: bool,
    /// About what, as C programmers write it.
    pub subject: String,
    /// The field's access path, or empty.
    pub member: String,
    /// Installed path of the header.
    pub header: String,
    /// Where it stands before.
    pub before_place: Option<Place>,
    /// Where it stands after.
    pub after_place: Option<Place>,
    /// Targets on which it is so.
    pub targets: Vec<String>,
    /// True where that is every target of the run that exports the header.
    pub everywhere: bool,
    /// Facts before, of the first target.
    #[serde(with = "told")]
    pub before: Facts,
    /// Facts after, of the first target.
    #[serde(with = "told")]
    pub after: Facts,
    /// Targets on which the values are others.
    pub variants: Vec<Variant>,
    /// What happened, in one sentence.
    pub message: String,
    /// Why it matters.
    pub why: String,
    /// What would settle a `review`, where the rule says so.
    pub evidence_wanted: Option<String>,
    /// Documentation to read.
    pub see: Option<String>,
    /// Subjects that this drags along.
    pub affects: Vec<String>,
    /// How the state before stands to the last release.
    pub release: Release,
    /// The proof of a break.
    pub witness: Option<Witness>,
}
