//! A path, or the text of a patch, becomes the sections of MAINTAINERS that it belongs to, as
//! scripts/get_maintainer.pl of v6.12 finds them (get_maintainers).
//!
//! Deepest pattern first. Where the script leaves the order of equals to chance, the title decides here.

use super::maintainers::{Maintainers, PathRule, Section};
use super::patch::Patch;
use regex::Regex;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A section that a path belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Match<'m> {
    /// The section.
    pub section: &'m Section,
    /// How deep the pattern reaches: the slashes of F:, and one more where it names files; 0 for N:; -1
    /// for F: that begins with `*`.
    pub depth: i32,
}

/// A section that the words of a patch lead to.
#[derive(Debug, Clone, Copy)]
pub struct KeywordMatch<'m> {
    /// The section.
    pub section: &'m Section,
    /// K: as it stands there.
    pub keyword: &'m str,
}

/// What a patch belongs to.
#[derive(Debug, Clone)]
pub struct PatchMatches<'m> {
    /// The files that the script would see in the patch, sorted, each with its sections.
    pub files: Vec<(String, Vec<Match<'m>>)>,
    /// Sections by their words.
    pub keywords: Vec<KeywordMatch<'m>>,
}

/// Where a pattern stands: its section, and its place among F: and N: there. X: has none.
#[derive(Debug, Clone, Copy)]
struct Entry {
    section: usize,
    rule: Option<usize>,
    at: usize,
}

/// All patterns, by the characters that their paths begin with: a path is held only against patterns
/// that share its beginning.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_prefix: HashMap<String, Vec<Entry>>,
    /// N: by section and place.
    names: Vec<(usize, usize)>,
}

impl Index {
    pub fn new(sections: &[Section]) -> Self {
        let mut index = Self::default();
        for (section, content) in sections.iter().enumerate() {
            for (at, pattern) in content.excluded.iter().enumerate() {
                let rule = None;
                index.add(pattern.prefix(), Entry { section, rule, at });
            }
            for (at, rule) in content.paths.iter().enumerate() {
                match rule {
                    PathRule::Name(_) => index.names.push((section, at)),
                    PathRule::File(pattern) => {
                        let rule = Some(at);
                        index.add(pattern.prefix(), Entry { section, rule, at });
                    }
                }
            }
        }
        index
    }

    fn add(&mut self, prefix: &str, entry: Entry) {
        match self.by_prefix.get_mut(prefix) {
            Some(entries) => entries.push(entry),
            None => {
                self.by_prefix.insert(prefix.to_owned(), vec![entry]);
            }
        }
    }

    /// The patterns whose prefix the path begins with.
    fn candidates<'i>(&'i self, path: &'i str) -> impl Iterator<Item = &'i Entry> {
        let ends = path.char_indices().map(|(at, _)| at).chain([path.len()]);
        ends.filter_map(|end| self.by_prefix.get(&path[..end]))
            .flatten()
    }
}

impl Maintainers {
    /// The sections of a file, deepest pattern first, equals by title.
    pub fn of_file(&self, path: &str) -> Vec<Match<'_>> {
        let mut excluded = BTreeSet::new();
        // The last F: or N: of a section that matches: its place there, and its depth.
        let mut last: BTreeMap<usize, (usize, i32)> = BTreeMap::new();
        let mut take = |section: usize, at: usize, depth: i32| {
            let found = last.entry(section).or_insert((at, depth));
            if found.0 <= at {
                *found = (at, depth);
            }
        };
        for entry in self.index.candidates(path) {
            let section = &self.sections[entry.section];
            match entry.rule {
                None if section.excluded[entry.at].matches(path) => {
                    excluded.insert(entry.section);
                }
                Some(at) => {
                    if let PathRule::File(pattern) = &section.paths[at]
                        && pattern.matches(path)
                    {
                        take(entry.section, at, pattern.depth());
                    }
                }
                None => {}
            }
        }
        for &(section, at) in &self.index.names {
            if let PathRule::Name(expression) = &self.sections[section].paths[at]
                && expression.is_match(path)
            {
                take(section, at, 0);
            }
        }
        let kept = last.into_iter().filter(|(at, _)| !excluded.contains(at));
        let mut found: Vec<Match<'_>> = kept
            .map(|(section, (_, depth))| Match {
                section: &self.sections[section],
                depth,
            })
            .collect();
        found.sort_by_key(|found| {
            (
                Reverse(found.depth),
                &found.section.title,
                found.section.line,
            )
        });
        found
    }

    /// The files that the script would see in a patch, sorted, each with its sections.
    pub fn of_files(&self, text: &[u8]) -> Vec<(String, Vec<Match<'_>>)> {
        let files = Patch::read(text).files.into_iter();
        files
            .map(|path| {
                let sections = self.of_file(&path);
                (path, sections)
            })
            .collect()
    }

    /// The sections of the files of a patch, and those that its words lead to. X: does not hold back what
    /// a word finds.
    pub fn of_patch(&self, text: &[u8]) -> PatchMatches<'_> {
        let patch = Patch::read(text);
        let files = patch.files.iter();
        PatchMatches {
            files: files
                .map(|path| (path.clone(), self.of_file(path)))
                .collect(),
            keywords: self.keywords(&patch),
        }
    }

    fn keywords(&self, patch: &Patch) -> Vec<KeywordMatch<'_>> {
        let any = |expression: &Regex, lines: &[String]| {
            lines.iter().any(|line| expression.is_match(line))
        };
        let mut found = Vec::new();
        for section in &self.sections {
            for keyword in &section.keywords {
                if any(&keyword.anywhere, &patch.introduction) || any(&keyword.changed, &patch.body)
                {
                    found.push(KeywordMatch {
                        section,
                        keyword: &keyword.text,
                    });
                }
            }
        }
        found.sort_by_key(|found| (&found.section.title, found.section.line, found.keyword));
        found
    }
}
