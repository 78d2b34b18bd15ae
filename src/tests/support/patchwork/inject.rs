//! A mail is filed as a patch, a cover or a comment, or dropped, and what that sets off happens.
//!
//! Takes mails apart with the `mail-parser` crate and rules of its own, so that the program's own reading of mails is
//! held against another one.

use super::LIST_ID;
use super::world::{About, Group, Sent, World};
use mail_parser::{MessageParser, PartType};

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filed {
    Patch(u64),
    Cover(u64),
    PatchComment(u64),
    CoverComment(u64),
    /// The id is known; nothing is added.
    Duplicate,
    /// Nothing is added.
    Dropped,
}

impl World {
    pub fn inject(&mut self, mail: &[u8]) -> Filed {
        self.micros += 1_000_000;
        let headers = headers(mail);
        let get = |name: &str| value(&headers, name);
        if get("X-Patchwork-Hint").eq_ignore_ascii_case("ignore") {
            return Filed::Dropped;
        }
        if !get("List-Id").contains(LIST_ID) {
            return Filed::Dropped;
        }
        let Some(mut sent) = read(mail, headers.clone()) else {
            return Filed::Dropped;
        };
        let known = self
            .patches
            .iter()
            .chain(&self.covers)
            .chain(&self.comments);
        if known.into_iter().any(|other| other.msgid == sent.msgid) {
            return Filed::Duplicate;
        }
        let reply = sent.subject.to_lowercase().starts_with("re:");
        let refs = references(&headers);
        let (number, total) = marker(&sent.prefixes);
        if !reply && sent.diff.is_some() {
            return Filed::Patch(self.file_patch(sent, &refs, number.zip(total)));
        }
        sent.diff = None;
        if !reply && number == Some(0) {
            return Filed::Cover(self.file_cover(sent, total.unwrap_or(1)));
        }
        let asked = !get("X-Patchwork-Action-Required").is_empty();
        self.file_comment(sent, &refs, asked)
    }

    fn file_patch(&mut self, mut sent: Sent, refs: &[String], marker: Option<(u32, u32)>) -> u64 {
        sent.id = self.patches.iter().map(|patch| patch.id).max().unwrap_or(0) + 1;
        let id = sent.id;
        let (number, total) = marker.unwrap_or((1, 1));
        let version = version(&sent.prefixes);
        let means = |group: &&mut Group| {
            let by_id = [&sent.msgid].into_iter().chain(refs);
            let by_id = by_id.into_iter().any(|id| group.references.contains(id));
            let alike = group.submitter == sent.submitter && group.total == total;
            group.version == version && (by_id || alike)
        };
        let patches = &self.patches;
        let free = |group: &&mut Group| {
            let taken = |patch: &Sent| patch.series == Some((group.id, number));
            marker.is_some() && !patches.iter().any(taken)
        };
        let found = self.series.iter_mut().filter(means).find(free);
        let known = found.map(|group| group.id);
        let series = known.unwrap_or_else(|| {
            let mut names = refs.to_vec();
            names.push(sent.msgid.clone());
            self.begin(&sent, version, total, names)
        });
        sent.series = Some((series, number));
        self.patches.push(sent);
        self.happen("patch-created", |event| event.patch = Some(id));
        self.complete(series, number, id);
        id
    }

    fn begin(&mut self, sent: &Sent, version: u32, total: u32, references: Vec<String>) -> u64 {
        let id = self.series.len() as u64 + 1;
        self.series.push(Group {
            id,
            version,
            total,
            submitter: sent.submitter.clone(),
            micros: sent.micros,
            references,
            ..Group::default()
        });
        self.happen("series-created", |event| event.series = Some(id));
        id
    }

    /// Tells which patches have all before them now, and whether the series is whole.
    fn complete(&mut self, series: u64, number: u32, patch: u64) {
        let group = self.series.iter_mut().find(|group| group.id == series);
        let group = group.expect("it was begun");
        group.patches.push(patch);
        let whole = group.patches.len() as u32 >= group.total;
        let with = |number: u32| {
            let mut patches = self.patches.iter();
            let found = patches.find(|patch| patch.series == Some((series, number)));
            found.map(|patch| patch.id)
        };
        if (1..number).all(|before| with(before).is_some()) {
            let next: Vec<u64> = (number..).map_while(with).collect();
            for patch in next {
                self.happen("patch-completed", |event| {
                    event.patch = Some(patch);
                    event.series = Some(series);
                });
            }
        }
        if whole {
            self.happen("series-completed", |event| event.series = Some(series));
        }
    }

    fn file_cover(&mut self, mut sent: Sent, total: u32) -> u64 {
        sent.id = self.covers.len() as u64 + 1;
        let id = sent.id;
        let mut groups = self.series.iter();
        let known = groups.find(|group| group.references.contains(&sent.msgid));
        let series = match known {
            Some(group) => group.id,
            None => self.begin(
                &sent,
                version(&sent.prefixes),
                total,
                vec![sent.msgid.clone()],
            ),
        };
        let group = self.series.iter_mut().find(|group| group.id == series);
        group.expect("it was begun").cover = Some(id);
        sent.series = Some((series, 0));
        self.covers.push(sent);
        self.happen("cover-created", |event| event.cover = Some(id));
        id
    }

    fn file_comment(&mut self, mut sent: Sent, refs: &[String], asked: bool) -> Filed {
        let about = |id: &String| {
            let named = |mail: &&Sent| mail.msgid == *id;
            let patch = self
                .patches
                .iter()
                .find(named)
                .map(|patch| About::Patch(patch.id));
            let cover = || {
                self.covers
                    .iter()
                    .find(named)
                    .map(|cover| About::Cover(cover.id))
            };
            let comment = || {
                self.comments
                    .iter()
                    .find(named)
                    .and_then(|comment| comment.about)
            };
            patch.or_else(cover).or_else(comment)
        };
        let Some(about) = refs.iter().find_map(about) else {
            return Filed::Dropped;
        };
        let same = |other: &&Sent| {
            matches!(
                (other.about, about),
                (Some(About::Patch(_)), About::Patch(_)) | (Some(About::Cover(_)), About::Cover(_))
            )
        };
        sent.id = self.comments.iter().filter(same).count() as u64 + 1;
        sent.about = Some(about);
        let id = sent.id;
        match about {
            About::Patch(patch) => {
                sent.addressed = asked.then_some(false);
                self.comments.push(sent);
                self.happen("patch-comment-created", |event| {
                    (event.patch, event.comment) = (Some(patch), Some(id));
                });
                Filed::PatchComment(id)
            }
            About::Cover(cover) => {
                self.comments.push(sent);
                self.happen("cover-comment-created", |event| {
                    (event.cover, event.comment) = (Some(cover), Some(id));
                });
                Filed::CoverComment(id)
            }
        }
    }
}

/// What a mail says, where there is text in it.
fn read(mail: &[u8], headers: Vec<(String, String)>) -> Option<Sent> {
    let found = MessageParser::default().parse(mail)?;
    let mut text = String::new();
    for part in &found.parts {
        if let PartType::Text(part) = &part.body {
            text.push_str(part);
        }
    }
    if text.trim().is_empty() {
        return None;
    }
    let from = found.from()?.first()?;
    let subject = found.subject().unwrap_or_default().split_whitespace();
    let subject = subject.collect::<Vec<_>>().join(" ");
    let reply = subject.to_lowercase().starts_with("re:");
    let (prefixes, title) = brackets(&subject);
    let name = match prefixes.as_slice() {
        [] => title.clone(),
        some => format!("[{}] {title}", some.join(",")),
    };
    let (content, diff) = if reply { (text, None) } else { split(&text) };
    Some(Sent {
        msgid: value(&headers, "Message-Id").trim().to_owned(),
        submitter: (
            from.name().unwrap_or_default().to_owned(),
            from.address().unwrap_or_default().to_owned(),
        ),
        micros: found
            .date()
            .map_or(0, |date| date.to_timestamp() * 1_000_000),
        name,
        subject,
        prefixes,
        headers,
        content: without_signature(&content),
        diff,
        ..Sent::default()
    })
}

/// The fields as they stand, the line breaks of folded ones kept; what is not ASCII is lost.
fn headers(mail: &[u8]) -> Vec<(String, String)> {
    let plain: String = mail
        .iter()
        .map(|byte| {
            if byte.is_ascii() {
                char::from(*byte)
            } else {
                '\u{fffd}'
            }
        })
        .collect();
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in plain.lines() {
        if line.is_empty() {
            break;
        }
        if let Some((_, value)) = fields.last_mut().filter(|_| line.starts_with([' ', '\t'])) {
            value.push('\n');
            value.push_str(line);
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.to_owned(), value.trim_start_matches(' ').to_owned()));
        }
    }
    fields
}

fn value(headers: &[(String, String)], name: &str) -> String {
    let mut fields = headers.iter();
    let found = fields.find(|(other, _)| other.eq_ignore_ascii_case(name));
    let value = found.map_or("", |(_, value)| value.as_str());
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a mail answers, nearest first.
fn references(headers: &[(String, String)]) -> Vec<String> {
    let list = |name: &str| {
        let words = value(headers, name);
        words
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut refs = list("In-Reply-To");
    refs.extend(list("References").into_iter().rev());
    refs
}

/// The words in the brackets of a subject without PATCH, and what follows them.
fn brackets(subject: &str) -> (Vec<String>, String) {
    let mut words = Vec::new();
    let mut rest = subject;
    for reply in ["Re:", "RE:", "re:"] {
        rest = rest.strip_prefix(reply).unwrap_or(rest).trim_start();
    }
    while let Some((group, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let parts = group.split([' ', ',']).filter(|word| !word.is_empty());
        let kept = parts.filter(|word| !word.eq_ignore_ascii_case("patch"));
        words.extend(kept.map(str::to_owned));
        rest = after.trim_start();
    }
    (words, rest.to_owned())
}

fn marker(prefixes: &[String]) -> (Option<u32>, Option<u32>) {
    let pair = |word: &String| {
        let (number, total) = word.split_once('/')?;
        Some((number.parse().ok()?, total.parse().ok()?))
    };
    prefixes.iter().find_map(pair).unzip()
}

fn version(prefixes: &[String]) -> u32 {
    let number = |word: &String| word.to_lowercase().strip_prefix('v')?.parse().ok();
    prefixes.iter().find_map(number).unwrap_or(1)
}

/// The message with its diffstat, and the diff.
fn split(text: &str) -> (String, Option<String>) {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let begins = |at: &usize| {
        lines[*at].starts_with("diff --git ")
            || lines[*at].starts_with("--- ")
                && lines
                    .get(*at + 1)
                    .is_some_and(|next| next.starts_with("+++ "))
    };
    let Some(begin) = (0..lines.len()).find(begins) else {
        return (text.to_owned(), None);
    };
    let end = lines[begin..]
        .iter()
        .position(|line| line.trim_end_matches(['\r', '\n']) == "-- ");
    let end = end.map_or(lines.len(), |end| begin + end);
    (lines[..begin].concat(), Some(lines[begin..end].concat()))
}

fn without_signature(text: &str) -> String {
    let ends = |line: &&str| {
        let line = line.trim_end_matches(['\r', '\n']);
        line == "-- " || !line.is_empty() && line.bytes().all(|byte| byte == b'_')
    };
    let kept: String = text
        .split_inclusive('\n')
        .take_while(|line| !ends(line))
        .collect();
    kept.trim().to_owned()
}
