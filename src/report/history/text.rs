//! A history becomes text for people: a block for each name, a line for each event.

use super::{Event, History, Life, NotRead, What};
use crate::judge::Verdict;
use crate::report::phrases::{self, clean, count, cut};

/// Columns of a release's name; longer ones push the rest to the right.
const RELEASE: usize = 10;
/// Digits of a commit, as kernel people cite it.
const DIGITS: usize = 12;
/// Most characters of a sentence.
const LONGEST: usize = 300;

/// The history as text; ends with a line break.
pub fn render(history: &History) -> String {
    let mut text = String::new();
    for life in &history.lives {
        text.push_str(&block(life));
        text.push('\n');
    }
    for gap in &history.not_read {
        text.push_str(&not_read(gap));
    }
    text + &summary(history)
}

fn block(life: &Life) -> String {
    let mut text = match life.subject == life.header {
        true => format!("{}\n", clean(&life.subject)),
        false => format!("{} ({})\n", clean(&life.subject), clean(&life.header)),
    };
    for event in &life.events {
        text.push_str(&line(event));
    }
    text
}

fn line(event: &Event) -> String {
    let release = clean(event.release.as_deref().unwrap_or("unreleased"));
    format!(
        "  {:8}  {:6}  {release:RELEASE$}  {:.10}  {:.DIGITS$}  {} ({})\n",
        what(event.what),
        phrases::verdict(event.verdict),
        clean(&event.commit.date),
        clean(&event.commit.id),
        sentence(event),
        cut(&clean(&event.commit.subject), LONGEST),
    )
}

fn what(what: What) -> &'static str {
    match what {
        What::Added => "added",
        What::Changed => "changed",
        What::Broken => "broken",
        What::Restored => "restored",
        What::Removed => "removed",
    }
}

fn sentence(event: &Event) -> String {
    let mut parts = vec![match &event.dragged_by {
        None => clean(&event.message),
        Some(by) => dragged(event, &clean(by)),
    }];
    if let Some(restored) = &event.restores {
        parts.push(match (&restored.release, &restored.undone) {
            (Some(release), _) => format!("restores the value of release {}", clean(release)),
            (None, Some(commit)) => format!("undoes commit {:.DIGITS$}", clean(commit)),
            (None, None) => "restores an earlier value".to_owned(),
        });
        if event.verdict == Verdict::Break {
            parts.push("breaks programs built in between".to_owned());
        }
    }
    cut(&parts.join("; "), LONGEST)
}

/// For a name whose change is another's.
fn dragged(event: &Event, by: &str) -> String {
    let value = |value: &Option<String>| value.as_deref().map(clean);
    match (value(&event.before), value(&event.after)) {
        (Some(before), None) if event.what == What::Removed => {
            format!("gone with {by} (was {before})")
        }
        _ if event.what == What::Removed => format!("gone with {by}"),
        (Some(before), Some(after)) if before != after => {
            format!("{before} -> {after}, dragged along by {by}")
        }
        _ => format!("dragged along by {by}"),
    }
}

fn not_read(gap: &NotRead) -> String {
    let item = match gap.item.as_str() {
        "" => String::new(),
        item => format!(", {}", clean(item)),
    };
    format!(
        "Not read in {:.DIGITS$}: {}{item}: {}\n",
        clean(&gap.commit.id),
        clean(&gap.header),
        cut(&clean(&gap.reason), LONGEST),
    )
}

fn summary(history: &History) -> String {
    let events = history.lives.iter().map(|life| life.events.len()).sum();
    let found = match (&history.asked, history.lives.len()) {
        (Some(name), 0) => format!("nothing happened to {}", clean(name)),
        (None, 0) => "nothing happened to any name".to_owned(),
        (_, lives) => format!("{} of {}", count(events, "event"), count(lives, "name")),
    };
    format!(
        "Range: {} to {}; {}, of which {} exported headers; {} ({})\nFound: {found}\n",
        phrases::revision(&history.base),
        phrases::revision(&history.head),
        count(history.passed, "commit"),
        match history.examined {
            1 => "1 touches".to_owned(),
            number => format!("{number} touch"),
        },
        count(history.targets.len(), "target"),
        phrases::list(&history.targets, 12),
    )
}
