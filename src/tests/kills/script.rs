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
    Say(&'static str, String),
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
        let asks = |step: &&Step| matches!(step, Step::Say(_, text) if text == RECHECK);
        self.steps.iter().filter(asks).count()
    }

    /// Whether a remark at a line changes while the head stays.
    pub fn waives(&self) -> bool {
        let waives = |step: &Step| matches!(step, Step::Waive(_));
        self.steps.iter().any(waives)
    }
}

const RECHECK: &str = "/uapi recheck";

/// Commits of a branch, each changing one file of the one before.
fn branch(kernel: &mut Series, changes: &[(&str, &str)]) -> Vec<Step> {
    let files: Vec<[(&str, &str); 1]> = changes.iter().map(|change| [*change]).collect();
    let commits: Vec<(&str, &[(&str, &str)])> = files
        .iter()
        .map(|files| ("net: change it", &files[..]))
        .collect();
    let ids = kernel.branch(&commits).ids;
    ids.into_iter().map(Step::Push).collect()
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

fn steps(kernel: &mut Series, number: u64) -> Vec<Step> {
    let driver = format!("net/p{number}.c");
    let driver = |text: &'static str| (driver.as_str(), text);
    let breaking = stats(&format!("__u64 n{number}; __u32 a; __u32 b;"), "");
    let (first, second) = (
        adding(&format!("one_{number}")),
        adding(&format!("two_{number}")),
    );
    let review = Step::Review;
    let say = |login, text: &str| Step::Say(login, text.to_owned());
    let mut pushes = match number % 10 {
        0 => branch(kernel, &[driver("int b;\n"), driver("int c;\n")]),
        1 | 8 => branch(kernel, &[(STATS, &breaking)]),
        2 => {
            let mut broken = branch(kernel, &[(STATS, &breaking)]);
            broken.extend(branch(kernel, &[driver("int b;\n")]));
            broken
        }
        3 => branch(kernel, &[(STATS, &first), (STATS, &second)]),
        5 => branch(kernel, &[(STATS, &first), driver("int b;\n")]),
        7 => branch(
            kernel,
            &[(STATS, &first), driver("int b;\n"), driver("int c;\n")],
        ),
        _ => branch(kernel, &[(STATS, &first)]),
    };
    // What comes after each push.
    let after: Vec<Vec<Step>> = match number % 10 {
        0 => vec![
            vec![review("mallory", "COMMENTED")],
            vec![say("mallory", "fine"), review("ann", "APPROVED")],
        ],
        1 => vec![vec![
            say("mallory", "/uapi explain struct-field-offset-changed"),
            review("mallory", "APPROVED"),
            review("zed", "COMMENTED"),
            say("eve", "/uapi explain"),
        ]],
        2 => vec![
            vec![review("ann", "CHANGES_REQUESTED"), say("zed", "no")],
            vec![review("ann", "APPROVED")],
        ],
        3 => vec![
            vec![review("mallory", "APPROVED")],
            vec![
                review("ann", "APPROVED"),
                say("eve", "/uapi explain nonsense"),
            ],
        ],
        4 => vec![vec![
            review("mallory", "APPROVED"),
            review("eve", "APPROVED"),
            review("zed", "APPROVED"),
            say("eve", "/uapi explain enum-value-changed"),
        ]],
        5 => vec![
            vec![review("ann", "CHANGES_REQUESTED")],
            vec![review("zed", "APPROVED"), say("zed", "better")],
        ],
        6 => vec![vec![
            review("ann", "APPROVED"),
            review("ann", "DISMISSED"),
            review("mallory", "APPROVED"),
            say("zed", "why?"),
        ]],
        7 => vec![
            vec![review("ann", "APPROVED")],
            vec![review("zed", "COMMENTED")],
            vec![],
        ],
        8 => vec![vec![Step::Waive("carol"), review("zed", "APPROVED")]],
        _ => vec![vec![
            review("ann", "CHANGES_REQUESTED"),
            say("mallory", RECHECK),
            review("zed", "COMMENTED"),
            review("ann", "APPROVED"),
        ]],
    };
    let pushes = pushes.drain(..).zip(after);
    pushes
        .flat_map(|(push, after)| std::iter::once(push).chain(after))
        .collect()
}
