//! Changes and rules become findings. Pure: no I/O, no clock.
//!
//! Within one kind of change the first rule that matches wins; a difference that no rule matches is
//! shown for `review`, never dropped. Next: [`crate::report`].

pub mod catalogue;
mod check;
mod condition;
pub mod finding;
mod fingerprint;
mod meant;
mod message;
mod position;
pub mod rule;
mod variants;
mod vocabulary;
mod witness;

pub use catalogue::{Catalogue, RuleError};
pub use finding::{Breaks, Finding, Variant, Verdict, Witness};
pub use rule::{Rule, Status};

use crate::diff::change::{Change, Release};
use catalogue::{Compiled, UNEVALUATED, UNJUDGED, UNRELEASED};
use rayon::prelude::*;
use std::cmp::Reverse;
use variants::Judged;

/// Judges changes. Gravest findings first, then by header, line, rule and subject.
pub fn judge(changes: &[Change], catalogue: &Catalogue) -> Vec<Finding> {
    let judge = Judge { catalogue };
    let judged = changes.par_iter().map(|change| judge.change(change));
    let judged: Vec<Vec<Judged>> = judged.collect();
    let mut findings = variants::merge(judged.into_iter().flatten().collect());
    findings.par_iter_mut().for_each(|finding| {
        finding.fingerprint = fingerprint::fingerprint(finding);
    });
    findings.sort_by(|a, b| order(a).cmp(&order(b)));
    findings
}

/// How the witness of a finding behaved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof<'r> {
    /// It compiles before and not after.
    Confirmed,
    /// It does not behave so.
    Refuted,
    /// It could not be tried, for this reason.
    Untried(&'r str),
}

/// Takes note of how a witness behaved. A break without proof is shown for `review`: where the witness
/// was tried, it is a mistake of this tool.
pub fn settle(finding: &mut Finding, proof: Proof<'_>) {
    if let Some(witness) = &mut finding.witness {
        witness.confirmed = match proof {
            Proof::Confirmed => Some(true),
            Proof::Refuted => Some(false),
            Proof::Untried(_) => None,
        };
    }
    let note = match proof {
        _ if finding.verdict != Verdict::Break => return,
        Proof::Confirmed => return,
        Proof::Refuted => {
            "The proof of this break did not behave as it should: its lines must compile \
                           against the header before and not after. Compare the two by hand, and \
                           report this to the authors of uapi-check."
                .to_owned()
        }
        Proof::Untried(reason) => format!(
            "The proof of this break could not be tried: {reason}. Compare the header before and after \
             by hand."
        ),
    };
    finding.verdict = Verdict::Review;
    finding.evidence_wanted = Some(match finding.evidence_wanted.take() {
        Some(wanted) => format!("{wanted} {note}"),
        None => note,
    });
}

fn order(finding: &Finding) -> impl Ord + '_ {
    let place = finding
        .after_place
        .as_ref()
        .or(finding.before_place.as_ref());
    (
        Reverse(finding.verdict),
        &finding.header,
        place.map_or(0, |place| place.line),
        &finding.rule,
        &finding.subject,
        &finding.member,
        &finding.targets,
    )
}

struct Judge<'a> {
    catalogue: &'a Catalogue,
}

impl Judge<'_> {
    /// The findings of one change: one, or none for an observation without a rule; and one more for
    /// each rule whose condition could not be evaluated.
    fn change(&self, change: &Change) -> Vec<Judged> {
        let mut findings = Vec::new();
        let mut matched = None;
        for (rule, compiled) in self.catalogue.of_kind(change.kind) {
            let condition = compiled.condition.as_ref();
            let outcome = condition.map_or(Ok(true), |condition| condition.holds(change));
            match outcome {
                Ok(false) => {}
                Ok(true) => {
                    matched = Some((rule, compiled));
                    break;
                }
                Err(reason) => {
                    findings.extend(self.general(change, UNEVALUATED, &rule.id, &reason))
                }
            }
        }
        match matched {
            Some((rule, compiled)) => findings.push(self.matched(change, rule, compiled)),
            None if change.kind.spec().observation => {}
            None => {
                let spec = change.kind.spec();
                findings.extend(self.general(change, UNJUDGED, spec.name, spec.doc));
            }
        }
        findings
    }

    /// The finding of the rule that matched, or that of [`UNRELEASED`] in its place.
    fn matched(&self, change: &Change, rule: &Rule, compiled: &Compiled) -> Judged {
        let message = compiled.message.render(change);
        let grave = matches!(rule.verdict, Verdict::Break | Verdict::Review);
        let may_change = change.release != Release::Released && !change.kind.spec().observation;
        if grave
            && may_change
            && let Some(judged) = self.general(change, UNRELEASED, &rule.id, &message)
        {
            return judged;
        }
        let mut finding = finding(change, rule, message);
        finding.witness = compiled
            .witness
            .as_ref()
            .map(|witness| witness::render(witness, change));
        Judged {
            kind: change.kind,
            matched: rule.id.clone(),
            finding,
        }
    }

    /// A finding of one of the entries that every list has, about another rule and what it says.
    fn general(&self, change: &Change, id: &str, about: &str, says: &str) -> Option<Judged> {
        let (rule, compiled) = self.catalogue.general(id)?;
        let message = compiled.message.render_about(change, about, says);
        Some(Judged {
            kind: change.kind,
            matched: format!("{id} {about}"),
            finding: finding(change, rule, message),
        })
    }
}

fn finding(change: &Change, rule: &Rule, message: String) -> Finding {
    Finding {
        fingerprint: String::new(),
        content: change.content.clone(),
        rule: rule.id.clone(),
        title: rule.title.clone(),
        verdict: rule.verdict,
        breaks: rule.breaks,
        preview: rule.status == Status::Preview,
        subject: change.subject.clone(),
        member: change.member.clone(),
        header: change.header.clone(),
        before_place: change.before_place.clone(),
        after_place: change.after_place.clone(),
        targets: change.targets.clone(),
        everywhere: change.everywhere,
        before: change.before.clone(),
        after: change.after.clone(),
        variants: Vec::new(),
        message,
        why: rule.why.clone(),
        evidence_wanted: rule.evidence.clone(),
        see: rule.see.clone(),
        affects: change.affects.clone(),
        release: change.release,
        witness: None,
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "incidents_tests.rs"]
mod incidents;
