//! What was said of the pull requests, as the fake GitHub has it, and where that is not what it should be.

use super::script::Script;
use crate::pulls::LINUX;
use crate::support::github::{BOT, Fake, Run, Said};
use serde_json::Value;
use std::collections::BTreeMap;

/// What our comment begins with, as GitHub has it.
const MARKER: &str = "<!-- uapi-check:v1 -->";
/// The two kinds.
const NAMES: [&str; 2] = ["uapi/verdict", "uapi/approvals"];

/// Everything that was said.
pub struct Standing {
    runs: BTreeMap<(String, String), Vec<Run>>,
    comments: BTreeMap<u64, Vec<Said>>,
}

impl Standing {
    pub fn read(fake: &Fake) -> Self {
        let mut runs = BTreeMap::<_, Vec<Run>>::new();
        for run in fake.runs() {
            let text = |name: &str| run.fields[name].as_str().unwrap_or_default().to_owned();
            runs.entry((text("head_sha"), text("name")))
                .or_default()
                .push(run);
        }
        let mut comments = BTreeMap::<_, Vec<Said>>::new();
        for said in fake
            .comments()
            .into_iter()
            .filter(|said| said.below.0 == LINUX)
        {
            comments.entry(said.below.1).or_default().push(said);
        }
        Self { runs, comments }
    }

    fn runs(&self, head: &str, name: &str) -> &[Run] {
        let key = (head.to_owned(), name.to_owned());
        self.runs.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Our comments that are edited in place.
    fn own(&self, number: u64) -> Vec<String> {
        let all = self.comments.get(&number).into_iter().flatten();
        all.filter(|said| said.author == BOT && said.body.starts_with(MARKER))
            .map(|said| unnumbered(&said.body))
            .collect()
    }

    /// Our answers: which comment of other people each is to, and what it says.
    fn answers(&self, number: u64) -> Vec<(usize, String)> {
        let all = || self.comments.get(&number).into_iter().flatten();
        let asked: Vec<&Said> = all().filter(|said| said.author != BOT).collect();
        let ours = all().filter(|said| said.author == BOT && !said.body.starts_with(MARKER));
        let mut answers: Vec<(usize, String)> = ours
            .map(|answer| {
                let to = |asked: &&Said| answer.body.contains(&format!("answer {} ", asked.id));
                let at = asked.iter().position(to).unwrap_or(usize::MAX);
                let id = asked.get(at).map_or(0, |asked| asked.id).to_string();
                (at, answer.body.replace(&id, "ID"))
            })
            .collect();
        answers.sort();
        answers
    }

    /// Where this is not what it should be, by what was said where nobody disturbed it.
    pub fn wrong(&self, expected: &Self, scripts: &[Script]) -> Vec<String> {
        let mut wrong = Vec::new();
        for script in scripts {
            let each = self.wrong_of(expected, script).into_iter();
            wrong.extend(each.map(|what| format!("#{}: {what}", script.number)));
        }
        wrong
    }

    fn wrong_of(&self, expected: &Self, script: &Script) -> Vec<String> {
        let heads = script.heads();
        let (last, earlier) = heads.split_last().expect("it has one");
        let mut wrong = Vec::new();
        for name in NAMES {
            let (had, wanted) = (self.runs(last, name), expected.runs(last, name));
            wrong.extend(doubled(had).map(|id| format!("{name} twice at its head: {id}")));
            let (says, should) = (newest(had), newest(wanted));
            if says != should || had.is_empty() {
                wrong.push(format!("{name} {}", unlike(&says, &should)));
            }
            let more = script.rechecks() + usize::from(script.waives() && name == NAMES[0]);
            if had.len() > 1 + more {
                wrong.push(format!("{} check runs {name} at its head", had.len()));
            }
            for head in earlier {
                let had = self.runs(head, name);
                wrong.extend(doubled(had).map(|id| format!("{name} twice at {head}: {id}")));
                wrong.extend(left(name, had, expected.runs(head, name)));
            }
        }
        let (own, wanted) = (self.own(script.number), expected.own(script.number));
        // Where there was nothing to tell when somebody looked, it need not be said that it is settled.
        let told = |head: &&str| {
            let runs = NAMES.iter().flat_map(|name| self.runs(head, name));
            let mut endings = runs.map(|run| &run.fields["conclusion"]);
            endings.any(|ending| ending != "success")
        };
        let settled = wanted.iter().all(|body| body.contains("is settled"));
        let silent = own.is_empty() && settled && !earlier.iter().any(told);
        if own != wanted && !silent {
            wrong.push(format!("the comment {}", unlike(&own, &wanted)));
        }
        let (answers, wanted) = (self.answers(script.number), expected.answers(script.number));
        if answers != wanted {
            wrong.push(format!("answers {answers:?} instead of {wanted:?}"));
        }
        wrong
    }

    /// How many check runs there are at heads that were pushed over.
    pub fn earlier(&self, scripts: &[Script]) -> usize {
        let heads = scripts.iter().flat_map(|script| {
            let heads = script.heads();
            heads[..heads.len() - 1]
                .iter()
                .map(|head| (*head).to_owned())
                .collect::<Vec<_>>()
        });
        heads
            .map(|head| {
                NAMES
                    .iter()
                    .map(|name| self.runs(&head, name).len())
                    .sum::<usize>()
            })
            .sum()
    }
}

/// What a check run says: how it ended, its texts, and the remarks at lines.
fn said(run: &Run) -> Vec<String> {
    let (fields, output) = (&run.fields, &run.fields["output"]);
    let whole = [&fields["status"], &fields["conclusion"], &output["title"]];
    let texts = [&output["summary"], &output["text"]].into_iter();
    let mut remarks: Vec<String> = run.annotations.iter().map(Value::to_string).collect();
    remarks.sort();
    let whole = whole.into_iter().chain(texts).map(Value::to_string);
    whole.chain(remarks).map(|text| unnumbered(&text)).collect()
}

fn newest(runs: &[Run]) -> Vec<String> {
    runs.last().map(said).unwrap_or_default()
}

/// A text without the numbers that one GitHub gave to reviews, for another gives others.
fn unnumbered(text: &str) -> String {
    let mut parts = text.split("(review ");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()));
    rest.fold(first, |whole, part| format!("{whole}(review N{part}"))
}

/// What the one list has and the other has not.
fn unlike(had: &[String], wanted: &[String]) -> String {
    let only = |of: &[String], other: &[String]| {
        let only = of.iter().filter(|text| !other.contains(text));
        only.cloned().collect::<Vec<_>>().join("\n    ")
    };
    let (had, wanted) = (only(had, wanted), only(wanted, had));
    format!("says\n    {had}\n  and should say\n    {wanted}")
}

/// What is one thing for this program and stands there more than once.
fn doubled(runs: &[Run]) -> impl Iterator<Item = String> {
    let id = |run: &Run| run.fields["external_id"].to_string();
    let again = runs.iter().enumerate();
    again
        .filter(move |(at, run)| runs[..*at].iter().any(|earlier| id(earlier) == id(run)))
        .map(move |(_, run)| id(run))
}

/// What is wrong at a head that was pushed over. Whether anybody ever looked at it is chance, and with it, what reviewers
/// had said by then.
fn left(name: &str, had: &[Run], wanted: &[Run]) -> Option<String> {
    let conclusion = |runs: &[Run]| runs.last().map(|run| run.fields["conclusion"].clone());
    let (is, should) = (conclusion(had)?, conclusion(wanted)?);
    if had.iter().any(|run| run.fields["status"] != "completed") {
        return Some(format!("{name} goes on at an earlier head"));
    }
    match name {
        "uapi/verdict" if is != should => {
            Some(format!("{name} is {is} at an earlier head, not {should}"))
        }
        _ if is == "action_required" => {
            Some(format!("{name} still asks somebody at an earlier head"))
        }
        _ => None,
    }
}
