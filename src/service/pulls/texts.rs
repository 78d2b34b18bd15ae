//! What is said of a pull request at length: summaries and texts of check runs, the comment, answers.
//!
//! All that stems from a patch is escaped by [`crate::report::markdown`]; every text ends within GitHub's bounds, which
//! are counted in bytes, and says where it was cut. Pure. Next: `decide`.

use super::conclude::Said;
use super::decide::Seen;
use crate::judge::Verdict;
use crate::report::markdown::{self, code, prose};
use crate::report::{Report, phrases};

/// Bytes of a text at most: GitHub counts bytes for check runs, and says 65536 characters for comments.
pub const MOST_BYTES: usize = 65_535;
/// Bytes that are left for what stands around the report.
const AROUND: usize = 2_000;
/// Bytes of the mark that a comment begins with, and more.
const MARK: usize = 100;
/// Characters of a sentence.
const SENTENCE: usize = 1000;

/// The summary of the check run that tells what the code does.
pub fn verdict_summary(seen: &Seen<'_>, said: &Said, page: Option<&str>) -> String {
    let mut text = format!("{}.\n", prose(&said.title, SENTENCE));
    if let Seen::Report(report) = seen {
        let reason = prose(&phrases::conclusion_reason(report), SENTENCE);
        text.push_str(&format!("\nThe whole: {reason}.\n"));
    }
    text.push_str(&link(page));
    fit(&text, page)
}

/// Its text.
pub fn verdict_text(seen: &Seen<'_>, page: Option<&str>) -> String {
    match seen {
        Seen::Report(report) => fit(&whole(report), page),
        Seen::Not(_) => String::new(),
    }
}

/// The summary of the check run that tells what people said.
pub fn approvals_summary(seen: &Seen<'_>, said: &Said, page: Option<&str>) -> String {
    let mut text = format!("{}.\n", prose(&said.title, SENTENCE));
    if let Seen::Report(report) = seen {
        text.push_str(&markdown::approvals(report));
    }
    text.push_str(&link(page));
    fit(&text, page)
}

/// The comment on a pull request.
pub fn comment(seen: &Seen<'_>, page: Option<&str>) -> String {
    let body = match seen {
        Seen::Report(report) => whole(report),
        Seen::Not(why) => format!("**uapi-check**: not examined: {}.\n", prose(why, SENTENCE)),
    };
    marked(&body, page)
}

/// The comment where what it told is gone.
pub fn settled(report: &Report, page: Option<&str>) -> String {
    let reason = prose(&phrases::conclusion_reason(report), SENTENCE);
    let compared = prose(&phrases::compared(report), SENTENCE);
    let body = format!(
        "**uapi-check: {}**: {reason}. What stood here before is settled.\n\nCompared {compared}.\n",
        phrases::conclusion_word(report.conclusion)
    );
    marked(&body, page)
}

fn marked(body: &str, page: Option<&str>) -> String {
    let end = format!(
        "{}\n<sub>In a comment: `/uapi recheck`, `/uapi explain RULE`, `/uapi waive ID reason`.</sub>\n",
        link(page)
    );
    // Before it stands a mark by which it is found again.
    let room = MOST_BYTES.saturating_sub(MARK + end.len());
    cut(body, room, page) + &end
}

fn whole(report: &Report) -> String {
    let quiet = report.findings.iter().all(|one| one.verdict == Verdict::Ok);
    markdown::within(report, quiet, MOST_BYTES - AROUND)
}

/// What a rule is about, as an answer.
pub fn rule(id: &str, known: Option<(&str, &str)>) -> String {
    match known {
        Some((title, why)) => format!(
            "{}: {}. {}\n",
            code(id, 100),
            prose(title.trim_end_matches('.'), SENTENCE),
            prose(why, 4 * SENTENCE)
        ),
        None => format!(
            "There is no rule {}; each finding of a report names its own.\n",
            code(id, 100)
        ),
    }
}

fn link(page: Option<&str>) -> String {
    page.map_or_else(String::new, |page| {
        format!("\n[The whole report]({page})\n")
    })
}

/// A text within the bounds.
pub fn fit(text: &str, page: Option<&str>) -> String {
    cut(text, MOST_BYTES, page)
}

/// The text in at most so many bytes, cut at the end of a line where there is one, and told.
fn cut(text: &str, most: usize, page: Option<&str>) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    // What was open is closed, as far as Markdown lets one: the note must be seen.
    let note = format!(
        "\n\n</details>\n\nCut here, for it is too long.{}",
        link(page)
    );
    let end = text.floor_char_boundary(most.saturating_sub(note.len()));
    let head = &text[..end];
    let head = head.rfind('\n').map_or(head, |at| &head[..at]);
    format!("{head}{note}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn a_text_is_cut_at_a_byte_and_between_characters() {
        let exact = "x".repeat(MOST_BYTES);
        assert_eq!(fit(&exact, None), exact);
        let page = Some("https://example.org/runs/1");
        for text in [
            "\u{1f427}".repeat(20_000),
            "\u{df}".repeat(40_000),
            format!("{exact}x"),
        ] {
            let cut = fit(&text, page);
            assert!(cut.len() <= MOST_BYTES, "{}", cut.len());
            assert!(cut.len() > MOST_BYTES - 300, "{}", cut.len());
            assert!(cut.ends_with("](https://example.org/runs/1)\n"), "{cut:.0}");
        }
    }

    #[test]
    fn the_comment_stays_within_the_bounds() {
        let mut finding = samples::moved_field();
        finding.message = "<b>@everyone</b> ``` \u{1f427}".repeat(50);
        finding.why = "\u{1f427}".repeat(3000);
        let report = samples::report(vec![finding; 400], vec![samples::gap(true); 400]);
        let body = comment(&Seen::Report(&report), Some("https://example.org/"));
        assert!(body.len() <= MOST_BYTES - MARK, "{}", body.len());
        assert!(!body.contains("<b>"), "markup of a patch");
        assert!(!body.contains("@everyone"), "a mention of a patch");
        assert!(body.contains("/uapi recheck"));
    }

    #[test]
    fn a_rule_is_explained_and_another_is_not() {
        let text = rule("struct-x", Some(("A field moved", "Programs break.")));
        assert_eq!(text, "`struct-x`: A field moved. Programs break.\n");
        let text = rule("`</code>@x", None);
        assert!(text.contains("`` `</code>@x ``"), "{text}");
    }
}
