//! The words a rule may use: the facts of its kind of change, and the few that every change has.
//!
//! Conditions, messages and witnesses all look their names up here, so that a word means the same
//! in each of them.

use crate::diff::change::{Change, Fact, Facts, Release};
use crate::diff::kinds::{FactSpec, FactType, Kind, Part};

/// What a name in a rule stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Word {
    /// A fact of the kind.
    Fact(Part, &'static FactSpec),
    /// Something that every change has.
    Common(Common),
}

/// What a word says of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said<'c> {
    Flag(bool),
    Integer(i128),
    Text(&'c str),
    List(&'c [String]),
}

/// What every change has, whatever its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Common {
    Subject,
    Member,
    Header,
    Targets,
    Everywhere,
    Unreleased,
    Restored,
    Affects,
}

/// Names of the common words. `record` and `field` are other names of `subject` and `member`.
const COMMON: &[(&str, Common)] = &[
    ("subject", Common::Subject),
    ("record", Common::Subject),
    ("member", Common::Member),
    ("field", Common::Member),
    ("header", Common::Header),
    ("targets", Common::Targets),
    ("everywhere", Common::Everywhere),
    ("unreleased", Common::Unreleased),
    ("restored", Common::Restored),
    ("affects", Common::Affects),
];

impl Word {
    /// Looks up a plain name. A fact hides a common word of the same name.
    pub(super) fn plain(kind: Option<Kind>, name: &str) -> Option<Self> {
        let fact = kind.and_then(|kind| fact(kind, Part::Whole, name));
        let common = || COMMON.iter().find(|(known, _)| *known == name);
        fact.or_else(|| common().map(|(_, common)| Self::Common(*common)))
    }

    /// Looks up a name as a message writes it: `x`, `before.x` or `after.x`.
    pub(super) fn dotted(kind: Option<Kind>, name: &str) -> Option<Self> {
        match name.split_once('.') {
            None => Self::plain(kind, name),
            Some(("before", name)) => fact(kind?, Part::Before, name),
            Some(("after", name)) => fact(kind?, Part::After, name),
            Some(_) => None,
        }
    }

    /// Type of its value.
    pub(super) fn of(self) -> FactType {
        match self {
            Self::Fact(_, spec) => spec.of,
            Self::Common(Common::Subject | Common::Member | Common::Header) => FactType::Text,
            Self::Common(Common::Targets | Common::Affects) => FactType::List,
            Self::Common(Common::Everywhere | Common::Unreleased | Common::Restored) => {
                FactType::Flag
            }
        }
    }

    /// What it says of a change. A fact that the change does not state counts as no, 0 or empty.
    pub(super) fn of_change(self, change: &Change) -> Said<'_> {
        match self {
            Self::Fact(part, spec) => match facts(change, part).get(spec.name) {
                Some(fact) => fact.into(),
                None => nothing(spec.of),
            },
            Self::Common(common) => common.of_change(change),
        }
    }
}

impl Common {
    fn of_change(self, change: &Change) -> Said<'_> {
        match self {
            Self::Subject => Said::Text(&change.subject),
            Self::Member => Said::Text(&change.member),
            Self::Header => Said::Text(&change.header),
            Self::Targets => Said::List(&change.targets),
            Self::Affects => Said::List(&change.affects),
            Self::Everywhere => Said::Flag(change.everywhere),
            Self::Unreleased => Said::Flag(change.release != Release::Released),
            Self::Restored => Said::Flag(change.release == Release::Restored),
        }
    }
}

impl<'c> From<&'c Fact> for Said<'c> {
    fn from(fact: &'c Fact) -> Self {
        match fact {
            Fact::Flag(flag) => Self::Flag(*flag),
            Fact::Integer(number) => Self::Integer(*number),
            Fact::Text(text) => Self::Text(text),
            Fact::List(names) => Self::List(names),
        }
    }
}

fn fact(kind: Kind, part: Part, name: &str) -> Option<Word> {
    let mut specs = kind.spec().part(part).iter();
    specs
        .find(|spec| spec.name == name)
        .map(|spec| Word::Fact(part, spec))
}

fn facts(change: &Change, part: Part) -> &Facts {
    match part {
        Part::Before => &change.before,
        Part::After => &change.after,
        Part::Whole => &change.facts,
    }
}

fn nothing(of: FactType) -> Said<'static> {
    match of {
        FactType::Flag => Said::Flag(false),
        FactType::Integer => Said::Integer(0),
        FactType::Text => Said::Text(""),
        FactType::List => Said::List(&[]),
    }
}

/// The names that a rule of this kind may use, for an error message.
pub(super) fn known(kind: Option<Kind>) -> String {
    let mut names: Vec<String> = COMMON.iter().map(|(name, _)| (*name).to_owned()).collect();
    if let Some(kind) = kind {
        let spec = kind.spec();
        names.extend(spec.facts.iter().map(|fact| fact.name.to_owned()));
        names.extend(
            spec.before
                .iter()
                .map(|fact| format!("before.{}", fact.name)),
        );
        names.extend(spec.after.iter().map(|fact| format!("after.{}", fact.name)));
    }
    names.join(", ")
}
