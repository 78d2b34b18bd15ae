//! What happens to each of the pull requests, in order. In between, anything may happen to others.

use crate::pulls::{STATS, adding, stats};
use crate::support::series::Series;

/// Something that happens.
pub enum Step {
    /// Its head is this commit from now on.
    Push(String),
    /// Somebody reviews its head.
    Review(&'static str, &'static str),
    /// Somebody writes a comment.
    Say(&'static str, &'static str),
    /// Somebody who may waives all that breaks, one comment for each finding.
    Waive(&'static str),
}

/// What happens to one.
pub struct Script {
    /// Its number.
    pub number: u64,
    /// In order; the first opens it.
    pub steps: Vec<Step>,
}

/// How many there are.
pub const PULLS: u64 = 50;

impl Script {
    /// All heads that it ever has, oldest first.
    pub fn heads(&self) -> Vec<&str> {
        let heads = self.steps.iter().filter_map(|step| match step {
            Step::Push(head) => Some(head.as_str()),
            _ => None,
        });
        heads.collect()
    }

    /// The head after so many steps.
    pub fn head(&self, steps: usize) -> &str {
        let pushes = self.steps[..steps].iter().rev();
        let mut heads = pushes.filter_map(|step| match step {
            Step::Push(head) => Some(head.as_str()),
            _ => None,
        });
        heads.next().expect("it is opened first")
    }

    /// How many times somebody asks for new check runs.
    pub fn rechecks(&self) -> usize {
        let asks = |step: &&Step| matches!(step, Step::Say(_, text) if *text == RECHECK);
        self.steps.iter().filter(asks).count()
    }

    /// Whether a remark at a line changes while the head stays.
    pub fn waives(&self) -> bool {
        let waives = |step: &Step| matches!(step, Step::Waive(_));
        self.steps.iter().any(waives)
    }
}

const RECHECK: &str = "/uapi recheck";

const WAIVE: &str = "/uapi waive";

/// The ids of the commits of a branch, each changing one file of the one before.
fn branch(kernel: &mut Series, changes: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<[(&str, &str); 1]> = changes.iter().map(|change| [*change]).collect();
    let commits = files.iter().map(|files| ("net: change it", &files[..]));
    kernel.branch(&commits.collect::<Vec<_>>()).ids
}

/// All of them: five of each of ten kinds, no two with the same text.
pub fn all(kernel: &mut Series) -> Vec<Script> {
    (101..=100 + PULLS)
        .map(|number| Script {
            number,
            steps: steps(kernel, number),
        })
        .collect()
}

/// What follows each push of the ten kinds: who, and in capitals the review, else the comment.
const AFTER: [&[&[(&str, &str)]]; 10] = [
    // Nothing that programs see.
    &[
        &[("mallory", "COMMENTED")],
        &[("mallory", "fine"), ("ann", "APPROVED")],
    ],
    // A break, and nobody who counts says anything.
    &[&[
        ("mallory", "/uapi explain struct-field-offset-changed"),
        ("mallory", "APPROVED"),
        ("zed", "COMMENTED"),
        ("eve", "/uapi explain"),
    ]],
    // A break that is objected to, and goes.
    &[
        &[("ann", "CHANGES_REQUESTED"), ("zed", "no")],
        &[("ann", "APPROVED")],
    ],
    // An addition that another takes the place of, which the maintainer agrees with.
    &[
        &[("mallory", "APPROVED")],
        &[("ann", "APPROVED"), ("eve", "/uapi explain nonsense")],
    ],
    // One that everybody else agrees with.
    &[&[
        ("mallory", "APPROVED"),
        ("eve", "APPROVED"),
        ("zed", "APPROVED"),
        ("eve", "/uapi explain enum-value-changed"),
    ]],
    // One that is objected to, and stays.
    &[
        &[("ann", "CHANGES_REQUESTED")],
        &[("zed", "APPROVED"), ("zed", "better")],
    ],
    // One that is agreed with, and then not.
    &[&[
        ("ann", "APPROVED"),
        ("ann", "DISMISSED"),
        ("mallory", "APPROVED"),
        ("zed", "why?"),
    ]],
    // One that is agreed with, before more comes beside it.
    &[&[("ann", "APPROVED")], &[("zed", "COMMENTED")], &[]],
    // A break that is taken as it is.
    &[&[("carol", WAIVE), ("zed", "APPROVED")]],
    // An addition that is objected to, and then agreed with.
    &[&[
        ("ann", "CHANGES_REQUESTED"),
        ("mallory", RECHECK),
        ("zed", "COMMENTED"),
        ("ann", "APPROVED"),
    ]],
];

fn steps(kernel: &mut Series, number: u64) -> Vec<Step> {
    let driver = format!("net/p{number}.c");
    let driver = |text: &'static str| (driver.as_str(), text);
    let breaking = stats(&format!("__u64 n{number}; __u32 a; __u32 b;"), "");
    let first = adding(&format!("one_{number}"));
    let second = adding(&format!("two_{number}"));
    let (breaks, adds) = ((STATS, breaking.as_str()), (STATS, first.as_str()));
    let kind = number % 10;
    let heads = match kind {
        0 => branch(kernel, &[driver("int b;\n"), driver("int c;\n")]),
        1 | 8 => branch(kernel, &[breaks]),
        // Not on top of the break.
        2 => [
            branch(kernel, &[breaks]),
            branch(kernel, &[driver("int b;\n")]),
        ]
        .concat(),
        3 => branch(kernel, &[adds, (STATS, &second)]),
        5 => branch(kernel, &[adds, driver("int b;\n")]),
        7 => branch(kernel, &[adds, driver("int b;\n"), driver("int c;\n")]),
        _ => branch(kernel, &[adds]),
    };
    let after = usize::try_from(kind).map_or(AFTER[0], |kind| AFTER[kind]);
    assert_eq!(heads.len(), after.len());
    let each = heads.into_iter().zip(after).flat_map(|(head, after)| {
        let after = after.iter().map(|(login, what)| step(login, what));
        std::iter::once(Step::Push(head)).chain(after)
    });
    each.collect()
}

fn step(login: &'static str, what: &'static str) -> Step {
    match what {
        WAIVE => Step::Waive(login),
        _ if what == what.to_uppercase() => Step::Review(login, what),
        _ => Step::Say(login, what),
    }
}
