//! What makes a finding the same finding in another run: rule, subject, header, values, what is declared
//! under the subject, and targets, hashed.
//!
//! No line numbers and no wording: approvals are bound to this. Two new records of one size are two.

use super::finding::Finding;

/// Hexadecimal digits of a fingerprint.
const DIGITS: usize = 32;

/// The fingerprint of a finding. A finding on every target of its run has the same one, whichever
/// targets those were.
pub(super) fn fingerprint(finding: &Finding) -> String {
    let every = ["all".to_owned()];
    let targets = match finding.everywhere {
        true => &every[..],
        false => &finding.targets[..],
    };
    let variants: Vec<_> = finding
        .variants
        .iter()
        .map(|variant| (&variant.before, &variant.after, &variant.targets))
        .collect();
    let identity = (
        &finding.rule,
        &finding.subject,
        &finding.member,
        &finding.header,
        &finding.before,
        &finding.after,
        targets,
        variants,
        &finding.content,
    );
    // Names and numbers always serialise; the empty text would only make fingerprints alike.
    let text = serde_json::to_string(&identity).unwrap_or_default();
    let hash = blake3::hash(text.as_bytes()).to_hex();
    hash[..DIGITS].to_owned()
}
