//! `rules/approvals.yaml`, and `.uapi-check.yaml` of the base commit over it, become a [`Policy`].
//!
//! Reads no files: texts are passed in. A key that is not known is a mistake, with file and line: a word
//! that is misspelt must not open a gate. Next: `gate`.

use super::maintainers::Status;
use super::pattern::FilePattern;
use super::person::{Person, address_key};
use super::waiver::{self, Waiver};
use crate::judge::{RuleError, Verdict};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The policy of this version.
const EMBEDDED: &str = include_str!("../../rules/approvals.yaml");
/// Name of the embedded text, for its mistakes.
const EMBEDDED_NAME: &str = "rules/approvals.yaml";
/// Most bytes that a settings file may have.
const SIZE_LIMIT: usize = 1 << 20;

/// Of how many of the sections that have a file a maintainer must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Require {
    /// Of each.
    EachSection,
    /// Of one.
    AnySection,
    /// So many maintainers of all sections together.
    KOf,
}

/// Who has to agree with which change.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Findings of these verdicts need it.
    pub verdicts: Vec<Verdict>,
    /// Of how many sections.
    pub require: Require,
    /// How many maintainers `k-of` asks for, at least one.
    pub k: usize,
    /// A section is left out where another's pattern is so much deeper.
    pub min_depth_gap: Option<u16>,
    /// Titles of sections that own nothing.
    pub not_sections: Vec<String>,
    /// Whether R: can agree, too.
    pub reviewers_count: bool,
    /// Findings that the repository takes as they are.
    pub waivers: Vec<Waiver>,
    inactive: Vec<Status>,
    groups: Vec<String>,
    fallback: Vec<(Vec<FilePattern>, Vec<Person>)>,
    copy_to: Vec<(String, Vec<FilePattern>)>,
}

/// The keys as they are written, each of which may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Keys {
    verdicts: Option<Vec<Verdict>>,
    require: Option<Require>,
    k: Option<usize>,
    #[serde(default, deserialize_with = "given")]
    min_depth_gap: Option<Option<u16>>,
    not_sections: Option<Vec<String>>,
    inactive: Option<Vec<Status>>,
    reviewers_count: Option<bool>,
    groups: Option<Vec<String>>,
    fallback: Option<Vec<Fallback>>,
    copy_to: Option<Vec<CopyTo>>,
}

/// A `null` that was written is another thing than a key that was not.
fn given<'d, D: serde::Deserializer<'d>>(from: D) -> Result<Option<Option<u16>>, D::Error> {
    Option::deserialize(from).map(Some)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fallback {
    paths: Vec<String>,
    who: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CopyTo {
    list: String,
    paths: Vec<String>,
}

/// `.uapi-check.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default)]
    approvals: Keys,
    #[serde(default)]
    waivers: Vec<waiver::Entry>,
    #[serde(default)]
    trees: BTreeMap<String, Revisions>,
}

/// One revision, or several that are tried in order.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Revisions {
    One(String),
    Several(Vec<String>),
}

/// The trees of a repository's settings: words in the brackets of subjects, such as `net-next`, and the revisions
/// that each stands for, to be tried in their order. `text` is that of `.uapi-check.yaml`.
///
/// # Errors
/// The first mistake in the text.
pub fn trees(file: &str, text: &[u8]) -> Result<BTreeMap<String, Vec<String>>, RuleError> {
    let settings = read::<Option<Settings>>(file, text)?.unwrap_or_default();
    let each = settings
        .trees
        .into_iter()
        .map(|(tag, revisions)| match revisions {
            Revisions::One(one) => (tag, vec![one]),
            Revisions::Several(several) => (tag, several),
        });
    Ok(each.collect())
}

impl Policy {
    /// The policy of this version of uapi-check, which a test has read.
    pub fn embedded() -> Self {
        let keys = read::<Keys>(EMBEDDED_NAME, EMBEDDED.as_bytes());
        let policy = keys.and_then(|keys| {
            let empty = Self {
                verdicts: Vec::new(),
                require: Require::EachSection,
                k: 1,
                min_depth_gap: None,
                not_sections: Vec::new(),
                reviewers_count: false,
                waivers: Vec::new(),
                inactive: Vec::new(),
                groups: Vec::new(),
                fallback: Vec::new(),
                copy_to: Vec::new(),
            };
            empty.with(keys, EMBEDDED_NAME, EMBEDDED)
        });
        policy.expect("a test reads the embedded policy")
    }

    /// This policy with the settings of a repository over it: the text of `.uapi-check.yaml`.
    ///
    /// # Errors
    /// The first mistake in the text.
    pub fn with_settings(self, file: &str, text: &[u8]) -> Result<Self, RuleError> {
        let settings = read::<Option<Settings>>(file, text)?;
        let Settings {
            approvals, waivers, ..
        } = settings.unwrap_or_default();
        let text = String::from_utf8_lossy(text);
        let mut policy = self.with(approvals, file, &text)?;
        for entry in waivers {
            let waiver = entry.check().map_err(|(word, problem)| RuleError {
                file: file.to_owned(),
                line: line_of(&text, &word),
                problem,
            })?;
            policy.waivers.push(waiver);
        }
        Ok(policy)
    }

    fn with(mut self, keys: Keys, file: &str, text: &str) -> Result<Self, RuleError> {
        let mistake = |word: &str, problem: String| RuleError {
            file: file.to_owned(),
            line: line_of(text, word),
            problem,
        };
        set(&mut self.verdicts, keys.verdicts);
        set(&mut self.require, keys.require);
        set(&mut self.k, keys.k);
        set(&mut self.min_depth_gap, keys.min_depth_gap);
        set(&mut self.not_sections, keys.not_sections);
        set(&mut self.inactive, keys.inactive);
        set(&mut self.reviewers_count, keys.reviewers_count);
        if self.k == 0 {
            return Err(mistake("k:", "k: at least 1 has to agree".to_owned()));
        }
        if let Some(groups) = keys.groups {
            self.groups = groups.iter().map(|group| address_key(group)).collect();
        }
        if let Some(entries) = keys.fallback {
            self.fallback.clear();
            for entry in entries {
                let paths = patterns(&entry.paths).map_err(|(path, why)| mistake(path, why))?;
                let who = entry.who.iter().map(|text| {
                    let problem = || mistake(text, format!("`{text}` has no mail address"));
                    Person::parse(text).ok_or_else(problem)
                });
                self.fallback.push((paths, who.collect::<Result<_, _>>()?));
            }
        }
        if let Some(entries) = keys.copy_to {
            self.copy_to.clear();
            for entry in entries {
                let paths = patterns(&entry.paths).map_err(|(path, why)| mistake(path, why))?;
                self.copy_to.push((entry.list, paths));
            }
        }
        Ok(self)
    }

    /// Whether somebody still looks after a section of that status; without one, nothing speaks against it.
    pub(super) fn is_active(&self, status: Option<Status>) -> bool {
        status.is_none_or(|status| !self.inactive.contains(&status))
    }

    /// Whether an address is that of one person.
    pub(super) fn is_person(&self, person: &Person) -> bool {
        let key = person.key();
        let domain = key.rfind('@').map_or("", |at| &key[at..]);
        !person.name.is_empty()
            && !self
                .groups
                .iter()
                .any(|group| *group == key || group == domain)
    }

    /// Whether it names people of its own, for whatever file.
    pub fn names_people(&self) -> bool {
        !self.fallback.is_empty()
    }

    /// Who agrees for a file that MAINTAINERS names nobody for.
    pub(super) fn fallback(&self, path: &str) -> &[Person] {
        let has = |patterns: &[FilePattern]| patterns.iter().any(|pattern| pattern.matches(path));
        let found = self.fallback.iter().find(|(patterns, _)| has(patterns));
        found.map_or(&[], |(_, who)| who)
    }

    /// The lists that a change of a file is to be sent to.
    pub fn copy_to<'p>(&'p self, path: &'p str) -> impl Iterator<Item = &'p str> {
        let lists = self.copy_to.iter();
        lists
            .filter(move |(_, patterns)| patterns.iter().any(|pattern| pattern.matches(path)))
            .map(|(list, _)| list.as_str())
    }
}

fn set<T>(value: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *value = given;
    }
}

fn patterns(values: &[String]) -> Result<Vec<FilePattern>, (&str, String)> {
    let each = values.iter().map(|value| {
        let pattern = FilePattern::parse(value, &|_| false);
        pattern.map_err(|why| (value.as_str(), format!("`{value}`: {why}")))
    });
    each.collect()
}

fn read<T: for<'d> Deserialize<'d>>(file: &str, text: &[u8]) -> Result<T, RuleError> {
    if text.len() > SIZE_LIMIT {
        return Err(RuleError {
            file: file.to_owned(),
            line: 1,
            problem: format!("larger than {SIZE_LIMIT} bytes"),
        });
    }
    serde_yaml::from_slice(text).map_err(|error| RuleError::in_yaml(file, &error))
}

/// The first line that has the word, else the first of all.
fn line_of(text: &str, word: &str) -> usize {
    let found = text.lines().position(|line| line.contains(word));
    found.map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Result<Policy, RuleError> {
        Policy::embedded().with_settings(".uapi-check.yaml", text.as_bytes())
    }

    #[test]
    fn every_change_needs_each_section_unless_said_otherwise() {
        let policy = Policy::embedded();
        assert_eq!(policy.verdicts.len(), 4);
        assert_eq!(policy.require, Require::EachSection);
        assert_eq!(policy.min_depth_gap, None);
        assert!(!policy.is_active(Some(Status::Orphan)));
        assert!(policy.is_active(Some(Status::OddFixes)));
        let lists = |path| policy.copy_to(path).collect::<Vec<_>>();
        assert_eq!(
            lists("include/uapi/linux/a.h"),
            ["linux-api@vger.kernel.org"]
        );
        assert_eq!(lists("arch/arm/include/uapi/asm/a.h").len(), 1);
        assert!(lists("include/linux/a.h").is_empty());
    }

    #[test]
    fn a_group_is_no_person() {
        let policy = Policy::embedded();
        let person = |text| policy.is_person(&Person::parse(text).expect("an address"));
        assert!(person("Ann <ann@kernel.org>"));
        assert!(!person("x86@kernel.org"));
        assert!(!person("A list <linux-block@VGER.kernel.org>"));
        assert!(person("Ann <ann@not-vger.kernel.org>"));
    }

    #[test]
    fn a_repository_lays_its_keys_over() {
        let policy = with(
            "approvals:\n  require: k-of\n  k: 3\n  min-depth-gap: 2\n  verdicts: [break]\n  fallback:\n    \
             - paths: [include/uapi/linux/a*.h]\n      who: [Ann <ann@x.org>]\n",
        )
        .expect("it is right");
        assert_eq!((policy.require, policy.k), (Require::KOf, 3));
        assert_eq!(policy.min_depth_gap, Some(2));
        assert_eq!(policy.verdicts, [Verdict::Break]);
        assert_eq!(policy.fallback("include/uapi/linux/acct.h")[0].name, "Ann");
        assert!(policy.fallback("include/uapi/linux/bpf.h").is_empty());
        // What is not given stays.
        assert_eq!(policy.not_sections, ["THE REST"]);
        assert_eq!(with("").expect("empty is fine").k, 2);
    }

    #[test]
    fn trees_are_one_revision_or_several() {
        let read = |text: &str| trees(".uapi-check.yaml", text.as_bytes());
        let found = read("trees:\n  net: net/main\n  net-next: [a, b]\nwaivers: []\n")
            .expect("it is right");
        assert_eq!(
            (&found["net"][..], &found["net-next"][..]),
            (
                &["net/main".to_owned()][..],
                &["a".to_owned(), "b".to_owned()][..]
            )
        );
        assert!(read("").expect("empty is fine").is_empty());
        assert!(read("trees: [net]\n").is_err() && read("tree:\n  net: a\n").is_err());
        // They say nothing of who must agree.
        assert_eq!(with("trees:\n  net: a\n").expect("it is right").k, 2);
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (text, line, word) in [
            ("approvals:\n  requires: each-section\n", 2, "requires"),
            ("\nrules: []\n", 2, "rules"),
            ("approvals:\n  require: all\n", 2, "all"),
            ("approvals:\n  verdicts: [broken]\n", 2, "broken"),
            ("approvals:\n  require: k-of\n  k: 0\n", 3, "at least 1"),
            (
                "approvals:\n  fallback:\n  - paths: [a]\n    who: [nobody]\n",
                4,
                "nobody",
            ),
            (
                "approvals:\n  fallback:\n  - paths: ['a[']\n    who: []\n",
                3,
                "a[",
            ),
            ("approvals: []\n", 1, ""),
        ] {
            let error = with(text).expect_err(text);
            assert_eq!(
                (error.file.as_str(), error.line),
                (".uapi-check.yaml", line),
                "{error}"
            );
            assert!(error.problem.contains(word), "{error}");
        }
        assert!(with(&"#".repeat(SIZE_LIMIT + 1)).is_err());
    }
}
