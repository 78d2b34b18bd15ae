//! A run of the store becomes what stands in a line about it: words, short commits, a time that people can read.

use crate::report::phrases;
use crate::store::RunRow;
use jiff::Timestamp;

/// Characters of a title or subject that are shown.
const LONGEST: usize = 200;

/// A run, as a line tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its number.
    pub id: i64,
    /// What was examined.
    pub subject: String,
    /// What that is called.
    pub title: String,
    /// Its conclusion in the words of a reader.
    pub words: &'static str,
    /// The same as a class of the stylesheet.
    pub class: &'static str,
    /// The same as a sign.
    pub mark: &'static str,
    /// The short ids of what was compared; empty where they are not known.
    pub compared: String,
    /// When, for programs.
    pub at: String,
    /// When, for people.
    pub when: String,
}

/// The conclusions, as the store has them, and their words.
pub fn conclusion_words() -> &'static [(&'static str, &'static str)] {
    &[
        ("fail", "breaks programs"),
        ("needs-approval", "needs approval"),
        ("undecided", "undecided"),
        ("pass", "compatible"),
    ]
}

impl From<&RunRow> for Shown {
    fn from(run: &RunRow) -> Self {
        let (class, words, mark) = match run.conclusion.as_str() {
            "fail" => ("fail", "breaks programs", "\u{2717}"),
            "needs-approval" => ("needs-approval", "needs approval", "\u{270b}"),
            "pass" => ("pass", "compatible", "\u{2713}"),
            _ => ("undecided", "undecided", "?"),
        };
        let title = phrases::cut(&phrases::clean(&run.title), LONGEST);
        let subject = phrases::clean(&run.subject);
        let (at, when) = moment(run.at);
        Self {
            id: run.id,
            title: if title.trim().is_empty() {
                phrases::cut(&subject, LONGEST)
            } else {
                title
            },
            subject,
            words,
            class,
            mark,
            compared: compared(&run.base, &run.head),
            at,
            when,
        }
    }
}

fn compared(base: &str, head: &str) -> String {
    let short = |id: &str| phrases::clean(id).chars().take(12).collect::<String>();
    match (base.is_empty(), head.is_empty()) {
        (true, true) => String::new(),
        _ => format!("{}..{}", short(base), short(head)),
    }
}

/// Seconds since 1970 as RFC 3339, and as people write it.
pub fn moment(seconds: i64) -> (String, String) {
    let at = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    (
        at.to_string(),
        at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}
