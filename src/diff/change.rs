//! A [`Change`]: one typed difference between two surfaces, and the vocabulary that rules may use.
//!
//! A change says what is different, never whether that is good. The closed list of kinds, with the
//! facts each carries, is [`crate::diff::kinds::KINDS`]; `judge` holds every rule against it.

use super::kinds::{Kind, Part};
use crate::model::Place;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The value of one fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Fact {
    /// Yes or no.
    Flag(bool),
    /// A number; its unit is in the fact's documentation.
    Integer(i128),
    /// A name or a piece of C.
    Text(String),
    /// Several names.
    List(Vec<String>),
}

/// Reads a fact of a form that describes itself, such as JSON. What serde derives for it can't read an `i128`.
impl<'d> Deserialize<'d> for Fact {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyFact)
    }
}

struct AnyFact;

impl<'d> Visitor<'d> for AnyFact {
    type Value = Fact;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a yes or no, an integer, a text, or a list of texts")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Fact, E> {
        Ok(Fact::Flag(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Fact, E> {
        Ok(Fact::Integer(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Fact, E> {
        Ok(Fact::Integer(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Fact, E> {
        Ok(Fact::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'d>>(self, mut list: A) -> Result<Fact, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = list.next_element()? {
            names.push(name);
        }
        Ok(Fact::List(names))
    }
}

/// Named facts, in the order of their names.
pub type Facts = BTreeMap<String, Fact>;

/// Facts in a form that does not describe itself, where each value must say which kind it is.
pub mod told {
    use super::{Fact, Facts};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    #[derive(Serialize, Deserialize)]
    #[serde(remote = "Fact")]
    enum Kind {
        Flag(bool),
        Integer(i128),
        Text(String),
        List(Vec<String>),
    }

    #[derive(Deserialize)]
    struct Owned(#[serde(with = "Kind")] Fact);

    #[derive(Serialize)]
    struct Lent<'f>(#[serde(with = "Kind")] &'f Fact);

    /// Writes them.
    ///
    /// # Errors
    /// As the serializer.
    pub fn serialize<S: Serializer>(facts: &Facts, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(facts.iter().map(|(name, fact)| (name, Lent(fact))))
    }

    /// Reads them.
    ///
    /// # Errors
    /// As the deserializer.
    pub fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Facts, D::Error> {
        let facts = BTreeMap::<String, Owned>::deserialize(from)?;
        Ok(facts
            .into_iter()
            .map(|(name, Owned(fact))| (name, fact))
            .collect())
    }
}

/// One typed difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which kind of difference it is.
    pub kind: Kind,
    /// About what, as C programmers write it: `struct foo`, `enum foo`, a bare enumerator, macro or
    /// typedef name, or a header path.
    pub subject: String,
    /// The field's access path within the subject (`a.b`), or empty.
    pub member: String,
    /// Installed path of the header that declares the subject (after, where it still does).
    pub header: String,
    /// Where it stands before, if it does.
    pub before_place: Option<Place>,
    /// Where it stands after, if it does.
    pub after_place: Option<Place>,
    /// Facts of the state before.
    pub before: Facts,
    /// Facts of the state after.
    pub after: Facts,
    /// Facts of the change as a whole.
    pub facts: Facts,
    /// Subjects that this change drags along (embedding records, request codes, shifted enumerators).
    pub affects: Vec<String>,
    /// Names of the targets on which it is so, in the order of the run. All of the run's targets that
    /// export the header: `["all"]` is written by `report`, not here.
    pub targets: Vec<String>,
    /// True where every target of the run that exports the header shows the change.
    pub everywhere: bool,
    /// Whether the state before was ever released; filled in by [`crate::diff::mark`].
    pub release: Release,
    /// Hashes of what stands under the subject on both sides, where facts don't tell it all; filled in
    /// when all targets are known.
    pub content: BTreeSet<String>,
}

/// How the state before a change stands to the last release.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Release {
    /// The release has it as `before` has it, or there is no release to compare with.
    #[default]
    Released,
    /// The release does not know the name, or knows it in another state.
    Unreleased,
    /// As `Unreleased`, and `after` is again what the release has.
    Restored,
}

impl Change {
    /// Starts a change without facts; `debug_assert`s of [`Change::with`] hold the facts that are then
    /// added against the table of kinds.
    pub fn new(kind: Kind, subject: impl Into<String>, header: impl Into<String>) -> Self {
        Self {
            kind,
            subject: subject.into(),
            member: String::new(),
            header: header.into(),
            before_place: None,
            after_place: None,
            before: Facts::new(),
            after: Facts::new(),
            facts: Facts::new(),
            affects: Vec::new(),
            targets: Vec::new(),
            everywhere: true,
            release: Release::default(),
            content: BTreeSet::new(),
        }
    }

    /// Adds a fact to one part.
    pub fn with(mut self, part: Part, name: &'static str, value: impl Into<Fact>) -> Self {
        let value = value.into();
        debug_assert!(
            self.kind.spec().declares(part, name, &value),
            "{} declares no {part:?} fact {name} of this type",
            self.kind.spec().name
        );
        let facts = match part {
            Part::Before => &mut self.before,
            Part::After => &mut self.after,
            Part::Whole => &mut self.facts,
        };
        facts.insert(name.to_owned(), value);
        self
    }

    /// Sets the field's access path.
    pub fn member(mut self, member: impl Into<String>) -> Self {
        self.member = member.into();
        self
    }

    /// Sets where it stands on either side.
    pub fn places(mut self, before: Option<Place>, after: Option<Place>) -> Self {
        self.before_place = before;
        self.after_place = after;
        self
    }

    /// Sets the one target on which it is so.
    pub fn on(mut self, target: &str) -> Self {
        self.targets = vec![target.to_owned()];
        self
    }

    /// Sets what it drags along.
    pub fn affects(mut self, affects: Vec<String>) -> Self {
        self.affects = affects;
        self
    }

    /// Where a reader should look: after, where the subject still stands there, else before.
    pub fn place(&self) -> Option<&Place> {
        self.after_place.as_ref().or(self.before_place.as_ref())
    }
}

impl From<bool> for Fact {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl From<i128> for Fact {
    fn from(value: i128) -> Self {
        Self::Integer(value)
    }
}

impl From<u64> for Fact {
    fn from(value: u64) -> Self {
        Self::Integer(value.into())
    }
}

impl From<&str> for Fact {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Fact {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<String>> for Fact {
    fn from(value: Vec<String>) -> Self {
        Self::List(value)
    }
}
