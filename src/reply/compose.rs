//! Whether a series is answered, which of its mails, and by which letter.
//!
//! One answer to a version, never one to a patch: to the first patch that has a finding, which is where a reviewer would
//! look and Patchwork files it; to the cover where no single patch makes one. What passes, what could not be examined
//! and what was told before are no reason to write.

use super::body::{Body, patch_of};
use super::digest::{Told, shown};
use super::layout::is_id;
use super::letter::Letter;
use super::place::Diff;
use super::policy::{ListRule, Recipients, missing, recipients};
use super::prose::cut;
use crate::judge::Finding;
use crate::mail::{Head, Patch, Series};
use crate::model::Person;
use crate::report::{self, Conclusion, Report, phrases};

/// Who speaks, and by which rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// Who sends. Its name and address.
    pub from: Person,
    /// The people who answer for it.
    pub contact: Person,
    /// The domain of Message-IDs, which is the program's alone (see [`super::Own::domain`]).
    pub domain: String,
    /// All addresses that are ours; nobody writes to himself.
    pub own: Vec<String>,
    /// What the lists want.
    pub lists: Vec<ListRule>,
    /// Whether a Patchwork is to leave the mail out, where checks already tell it.
    pub hide_from_patchwork: bool,
}

/// What becomes of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A letter.
    Letter(Box<Letter>),
    /// Nothing, and why.
    Nothing(Silence),
}

/// Why nothing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// There is nothing to tell.
    Passed,
    /// Not all of it could be examined, which is nobody's fault that a mail could mend.
    Undecided,
    /// Nothing that was not told of an earlier version, or of this one.
    Known,
    /// The rules of its lists allow nobody to be written to.
    Nobody,
    /// Somebody has only to agree, and the lists want no mail about that.
    OnlyAgreement,
    /// The mail that would be answered has no id that can be named.
    NoId,
}

/// The answer to a series, whose report this is. `url` is where all of the report can be read, `before` what was told
/// of the series last, in whatever version.
#[must_use]
pub fn answer(
    report: &Report,
    series: &Series,
    voice: &Voice,
    url: Option<&str>,
    before: Option<&Told>,
) -> Answer {
    match letter(report, series, voice, url, before) {
        Ok(letter) => Answer::Letter(Box::new(letter)),
        Err(silence) => Answer::Nothing(silence),
    }
}

fn letter(
    report: &Report,
    series: &Series,
    voice: &Voice,
    url: Option<&str>,
    before: Option<&Told>,
) -> Result<Letter, Silence> {
    match report.conclusion {
        Conclusion::Pass => return Err(Silence::Passed),
        Conclusion::Undecided => return Err(Silence::Undecided),
        Conclusion::NeedsApproval | Conclusion::Fail => {}
    }
    let told = Told::of(report);
    if !told.adds_to(before.unwrap_or(&Told::default())) {
        return Err(Silence::Known);
    }
    let verdicts = report.series.as_ref().ok_or(Silence::Undecided)?;
    let target = Target::of(report, verdicts, series).ok_or(Silence::NoId)?;
    let all: Vec<&Head> = heads(series).collect();
    let to = recipients(target.head, &all, &voice.lists, &voice.own).ok_or(Silence::Nobody)?;
    let mut findings: Vec<&Finding> = shown(report).collect();
    if findings.is_empty() && !to.approvals {
        return Err(Silence::OnlyAgreement);
    }
    let position = target.patch.map(|patch| patch.position);
    findings.sort_by_key(|finding| {
        let patch = patch_of(report, verdicts, finding);
        patch.map(|patch| patch.position) != position
    });
    let body = Body {
        report,
        series: verdicts,
        findings: &findings,
        answered: position,
        diff: &Diff::read(target.patch.map_or(&[], |patch| &patch.diff)),
        missing: &if to.remind {
            missing(&report.copy_to, &all)
        } else {
            Vec::new()
        },
        url: url.filter(|url| is_url(url)),
        contact: &voice.contact,
    };
    let text = body.text();
    Ok(target.letter(voice, to, (text, report, series), &told))
}

/// The mail that is answered.
struct Target<'s> {
    id: &'s str,
    head: &'s Head,
    /// `None` for a cover.
    patch: Option<&'s Patch>,
}

impl<'s> Target<'s> {
    /// `None` where it can't be answered.
    fn of(report: &Report, verdicts: &report::Series, series: &'s Series) -> Option<Self> {
        let position =
            |finding: &Finding| patch_of(report, verdicts, finding).map(|patch| patch.position);
        let open = report
            .approvals
            .iter()
            .flatten()
            .flat_map(|standing| &standing.fingerprints);
        let open = || {
            report
                .findings
                .iter()
                .filter(|finding| open.clone().any(|one| *one == finding.fingerprint))
        };
        let first = match shown(report).next() {
            Some(_) => shown(report).filter_map(position).min(),
            None => open().filter_map(position).min(),
        };
        let patch = series
            .patches
            .iter()
            .find(|patch| Some(patch.position) == first);
        let target = match (patch, &series.cover) {
            (None, Some(cover)) => Self {
                id: &cover.message_id,
                head: &cover.head,
                patch: None,
            },
            (patch, _) => {
                let patch = patch.or(series.patches.first())?;
                Self {
                    id: &patch.message_id,
                    head: &patch.head,
                    patch: Some(patch),
                }
            }
        };
        is_id(target.id).then_some(target)
    }

    fn letter(
        &self,
        voice: &Voice,
        to: Recipients,
        (body, report, series): (String, &Report, &Series),
        told: &Told,
    ) -> Letter {
        let leader = leader(series);
        let mut references = self.head.references.clone();
        references.retain(|id| is_id(id) && id != self.id);
        references.push(self.id.to_owned());
        Letter {
            from: voice.from.clone(),
            reply_to: Some(voice.contact.clone()),
            to: vec![to.to],
            cc: to.cc,
            subject: answered(&self.head.subject),
            message_id: message_id(leader, series.version, told, &voice.domain),
            in_reply_to: self.id.to_owned(),
            references,
            headers: headers(voice, report, leader),
            body,
        }
    }
}

fn heads(series: &Series) -> impl Iterator<Item = &Head> {
    let cover = series.cover.iter().map(|cover| &cover.head);
    cover.chain(series.patches.iter().map(|patch| &patch.head))
}

/// The id that a series is known by: that of its cover, or else of its first patch.
fn leader(series: &Series) -> &str {
    let cover = series.cover.as_ref().map(|cover| cover.message_id.as_str());
    let first = series
        .patches
        .first()
        .map(|patch| patch.message_id.as_str());
    cover.or(first).unwrap_or_default()
}

/// A subject with exactly one `Re:` before it. Patchwork takes a mail with a diff whose subject begins otherwise for a
/// patch.
fn answered(subject: &str) -> String {
    let clean = phrases::clean(subject);
    let mut rest = clean.trim();
    while rest
        .get(..3)
        .is_some_and(|word| word.eq_ignore_ascii_case("re:"))
    {
        rest = rest[3..].trim_start();
    }
    format!("Re: {rest}")
}

/// The same for the same verdict on the same version: whoever sends it twice sends one mail.
fn message_id(leader: &str, version: u32, told: &Told, domain: &str) -> String {
    let text = format!("{leader}|{version}|{}", told.digest());
    let hash = blake3::hash(text.as_bytes()).to_hex();
    format!("uapi.{}@{domain}", &hash[..32])
}

fn headers(voice: &Voice, report: &Report, leader: &str) -> Vec<(String, String)> {
    let word = match report.conclusion {
        Conclusion::Fail => "fail",
        Conclusion::NeedsApproval => "needs-approval",
        Conclusion::Pass => "pass",
        Conclusion::Undecided => "undecided",
    };
    let plain = |c: &char| c.is_ascii_graphic() && !";<>".contains(*c);
    let series: String = leader.chars().filter(plain).take(250).collect();
    let base = report.base.commit.as_deref().unwrap_or("none");
    let base = cut(base.get(..12).unwrap_or(base), 12);
    let version = env!("CARGO_PKG_VERSION");
    let mut headers = vec![
        // RFC 3834; the second is what Exchange looks for.
        ("Auto-Submitted", "auto-replied".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
        (
            "X-UAPI-Check",
            format!("{word}; series={series}; base={base}; tool={version}"),
        ),
    ];
    if voice.hide_from_patchwork {
        headers.push(("X-Patchwork-Hint", "ignore".to_owned()));
    }
    let each = headers.into_iter();
    each.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Whether an address can stand in a text on a line of its own.
fn is_url(url: &str) -> bool {
    let web = url.starts_with("https://") || url.starts_with("http://");
    web && url.len() <= 500 && url.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
