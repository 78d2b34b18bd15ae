//! Findings become a number for each verdict.

use crate::judge::{Finding, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Number of findings by verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Findings that break programs.
    #[serde(rename = "break")]
    pub breaks: usize,
    /// Findings that a maintainer has to judge.
    pub review: usize,
    /// Designs that can't be repaired once released.
    pub lint: usize,
    /// Compatible changes.
    pub ok: usize,
    /// Findings of rules in preview, which are in none of the other numbers.
    pub preview: usize,
}

impl Counts {
    /// Counts the findings.
    pub fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            let count = match finding.verdict {
                _ if finding.preview => &mut counts.preview,
                Verdict::Break => &mut counts.breaks,
                Verdict::Review => &mut counts.review,
                Verdict::Lint => &mut counts.lint,
                Verdict::Ok => &mut counts.ok,
            };
            *count += 1;
        }
        counts
    }

    /// `1 break, 0 review, 2 lint, 12 ok`, and the ones in preview where there are any.
    pub fn sentence(&self) -> String {
        let Self {
            breaks,
            review,
            lint,
            ok,
            preview,
        } = self;
        let preview = match preview {
            0 => String::new(),
            number => format!(", {number} in preview"),
        };
        format!("{breaks} break, {review} review, {lint} lint, {ok} ok{preview}")
    }
}
