//! A [`Rule`] as it stands in YAML: the policy for one kind of change.
//!
//! Plain data. Whether the words in it make sense is for [`super::catalogue`] to say. How to write
//! one: rules/README.md.

use super::finding::{Breaks, Verdict};
use serde::{Deserialize, Deserializer};

/// `on:` of the few entries that `judge` itself applies, by their id.
pub const ON_ANY: &str = "*";

/// One entry of `rules/*.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, in kebab-case: what is wrong, and about what.
    pub id: String,
    /// What happened, in general: one sentence without values.
    pub title: String,
    /// Who is hurt and how, or why nobody is.
    pub why: String,
    /// Who is hurt; absent for `ok`.
    #[serde(default)]
    pub breaks: Option<Breaks>,
    /// The verdict of its findings.
    pub verdict: Verdict,
    /// Names of the kinds of change that it is about, from [`crate::diff::KINDS`], or [`ON_ANY`]. In
    /// YAML a single name needs no list.
    #[serde(deserialize_with = "one_or_many")]
    pub on: Vec<String>,
    /// CEL over the facts of the change; absent = always.
    #[serde(default, rename = "if")]
    pub condition: Option<String>,
    /// What happened here: a template over the facts of the change.
    pub message: String,
    /// C lines that compile before and not after, as a template; they stand after
    /// `#include <header>`.
    #[serde(default)]
    pub witness: Option<String>,
    /// Why a `break` has no witness.
    #[serde(default)]
    pub no_witness: Option<String>,
    /// What would settle a `review`.
    #[serde(default)]
    pub evidence: Option<String>,
    /// Documentation: a path in the kernel tree or an address.
    #[serde(default)]
    pub see: Option<String>,
    /// How far the rule is trusted.
    #[serde(default)]
    pub status: Status,
    /// Version of uapi-check that had it first.
    pub since: String,
    /// Ids that it had before.
    #[serde(default)]
    pub was: Vec<String>,
}

/// How far a rule is trusted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Counts.
    #[default]
    Stable,
    /// Shown, and never fails a run.
    Preview,
    /// No longer applied; the entry only keeps the id from being given away again.
    Retired,
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Names::deserialize(deserializer)? {
        Names::One(name) => vec![name],
        Names::Many(names) => names,
    })
}
