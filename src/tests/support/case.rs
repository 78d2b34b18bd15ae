//! The cases of `fixtures/`: a folder with `before/`, `after/` and `expected.yaml` becomes a [`Case`].
//!
//! Reads files and checks their form; running a case is [`crate::fixtures`]' work.

use serde::Deserialize;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use uapi_check::judge::Verdict;

/// One case: a change to a small kernel tree, and what must be said about it.
pub struct Case {
    /// `<rule-id>/<case>`, or `_incidents/<id>`.
    pub name: String,
    /// The folder it stands in.
    pub folder: PathBuf,
    /// What must be said.
    pub expected: Expected,
}

/// `expected.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// What happened and why this is the verdict, for the reader.
    pub why: String,
    /// Targets to examine.
    #[serde(default = "default_targets")]
    pub targets: Vec<String>,
    /// Every finding apart from `ok` ones.
    pub findings: Vec<Expectation>,
    /// Every `ok` finding; they are not compared where the key is absent.
    pub ok: Option<Vec<Expectation>>,
    /// What counts as released, unless the case has a `released/` folder.
    #[serde(default)]
    pub released: Released,
    /// Everything that could not be read.
    #[serde(default)]
    pub gaps: Vec<ExpectedGap>,
}

/// One finding that must be there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Id of the rule.
    pub rule: String,
    /// About what, as C programmers write it.
    pub subject: String,
    /// Access path of the field; not compared where it is absent.
    pub member: Option<String>,
    /// The verdict; needed in `findings`, superfluous in `ok`.
    pub verdict: Option<Verdict>,
    /// Targets, `[all]` for every one of the run; not compared where they are absent.
    pub targets: Option<Vec<String>>,
}

/// Something that must be reported as unread.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedGap {
    /// Installed path of the header.
    pub header: String,
    /// Name of the item, empty for the header as a whole.
    #[serde(default)]
    pub item: String,
}

/// What counts as released.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Released {
    /// No release is named, so every name of `before` counts as released.
    #[default]
    None,
    /// `before` is itself the release.
    Before,
}

fn default_targets() -> Vec<String> {
    vec!["x86_64".to_owned(), "i386".to_owned()]
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.rule)?;
        if let Some(verdict) = self.verdict {
            write!(f, " ({verdict:?})")?;
        }
        write!(f, " on `{}`", self.subject)?;
        if let Some(member) = &self.member {
            write!(f, " member `{member}`")?;
        }
        match &self.targets {
            Some(targets) => write!(f, " for {}", targets.join(", ")),
            None => Ok(()),
        }
    }
}

impl Case {
    /// The folder of a side (`before`, `after`, `released`), where the case has it.
    pub fn side(&self, side: &str) -> Option<PathBuf> {
        let folder = self.folder.join(side);
        folder.is_dir().then_some(folder)
    }

    /// The first part of the name: a rule id, or a group that begins with `_`.
    pub fn group(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// Whether a finding of that rule is expected, `ok` ones included.
    pub fn expects(&self, rule: &str) -> bool {
        let ok = self.expected.ok.iter().flatten();
        let mut all = self.expected.findings.iter().chain(ok);
        all.any(|expectation| expectation.rule == rule)
    }
}

/// The folder `fixtures/` of the package.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Every case, sorted by name; and what is wrong with the form of those that could not be read.
pub fn load() -> (Vec<Case>, Vec<String>) {
    let mut cases = Vec::new();
    let mut faults = Vec::new();
    for group in folders(&fixtures()) {
        if group.ends_with("_base") {
            continue;
        }
        for folder in folders(&group) {
            match read(&folder) {
                Ok(case) => cases.push(case),
                Err(fault) => faults.push(format!("{}: {fault}", name_of(&folder))),
            }
        }
    }
    (cases, faults)
}

fn read(folder: &Path) -> Result<Case, String> {
    let text = fs::read_to_string(folder.join("expected.yaml"))
        .map_err(|error| format!("expected.yaml: {error}"))?;
    let expected: Expected =
        serde_yaml::from_str(&text).map_err(|error| format!("expected.yaml: {error}"))?;
    let case = Case {
        name: name_of(folder),
        folder: folder.to_owned(),
        expected,
    };
    match fault_of_form(&case) {
        Some(fault) => Err(fault.to_owned()),
        None => Ok(case),
    }
}

fn fault_of_form(case: &Case) -> Option<&'static str> {
    let expected = &case.expected;
    let findings = &expected.findings;
    if case.side("before").is_none() && case.side("after").is_none() {
        return Some("neither before/ nor after/");
    }
    if expected.why.trim().is_empty() {
        return Some("`why` is empty");
    }
    if case.side("released").is_some() && expected.released != Released::None {
        return Some("`released` is given twice, as a folder and as a key");
    }
    findings
        .iter()
        .any(|finding| matches!(finding.verdict, None | Some(Verdict::Ok)))
        .then_some("an entry of `findings` has no verdict, or `ok`, which belongs under `ok`")
}

fn name_of(folder: &Path) -> String {
    let name = folder.strip_prefix(fixtures()).unwrap_or(folder);
    name.to_string_lossy().into_owned()
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(parent)
        .unwrap_or_else(|error| panic!("{}: {error}", parent.display()))
        .map(|entry| {
            entry
                .expect("a folder that was opened can be listed")
                .path()
        })
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}
