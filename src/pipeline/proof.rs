//! A `break` is believed only when its witness compiles against `before` and not against `after`.

use super::trees::{ArchTrees, Trees, through};
use super::units::files;
use crate::extract::pool::{Compile, Compiled, ExtractError, Extractor};
use crate::extract::target::{self, Target};
use crate::judge::{self, Finding, Proof, Verdict};
use crate::model::{Gap, GapSide};
use crate::tree::HeaderTree;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The name that witnesses declare; made unique where several share a unit.
const NAME: &str = "uapi_check_witness";

/// The findings whose witnesses are compiled together: target and header, and apart from the others those
/// that include the header once more.
type Group<'f> = (&'f str, &'f str, bool);

/// Tries the witness of every break; one that does not behave so is no break. What could not be tried
/// is a gap: a header must not talk itself out of a break by killing the parser.
pub(super) fn confirm(
    findings: &mut [Finding],
    trees: &Trees,
    extractor: &Extractor,
) -> Result<Vec<Gap>, ExtractError> {
    let mut groups: BTreeMap<Group<'_>, Vec<usize>> = BTreeMap::new();
    for (position, finding) in findings.iter().enumerate() {
        let witness = finding
            .witness
            .as_ref()
            .filter(|_| finding.verdict == Verdict::Break);
        if let (Some(witness), Some(target)) = (witness, finding.targets.first()) {
            let again = witness.code.trim_start().starts_with("#include");
            groups
                .entry((target, &finding.header, again))
                .or_default()
                .push(position);
        }
    }
    let mut tried = Vec::new();
    let mut units = Vec::new();
    for ((target, header, _), positions) in groups {
        let found = target::by_name(target)
            .and_then(|target| Some((target, trees.by_arch.get(target.kernel_arch)?)));
        let Some((target, arch)) = found else {
            continue;
        };
        let codes: Vec<String> = positions
            .iter()
            .map(|at| code(&findings[*at], *at))
            .collect();
        units.extend(both(trees, arch, target, header, &codes));
        tried.push(positions);
    }
    let outcomes = extractor.compile(units)?;
    let mut gaps = Vec::new();
    for (positions, outcome) in tried.into_iter().zip(outcomes.chunks(2)) {
        let [before, after] = outcome else { continue };
        for (nth, at) in positions.into_iter().enumerate() {
            let proof = proof(before, after, nth);
            judge::settle(&mut findings[at], proof);
            if let Proof::Untried(reason) = proof {
                gaps.push(untried(&findings[at], before, reason));
            }
        }
    }
    Ok(gaps)
}

/// What both sides say of the unit's nth witness.
fn proof<'c>(before: &'c Compiled, after: &'c Compiled, nth: usize) -> Proof<'c> {
    let (before, after) = match (before, after) {
        (Compiled::Tried(before), Compiled::Tried(after)) => (before, after),
        (Compiled::Lost(reason), _) | (_, Compiled::Lost(reason)) => {
            return Proof::Untried(reason);
        }
    };
    match (before.get(nth), after.get(nth)) {
        (Some(None), Some(Some(_))) => Proof::Confirmed,
        _ => Proof::Refuted,
    }
}

fn untried(finding: &Finding, before: &Compiled, reason: &str) -> Gap {
    Gap {
        header: finding.header.clone(),
        item: finding.subject.clone(),
        targets: finding.targets.clone(),
        side: match before {
            Compiled::Lost(_) => GapSide::Before,
            Compiled::Tried(_) => GapSide::After,
        },
        reason: format!("the proof of its break could not be tried: {reason}"),
        in_change: true,
    }
}

/// The lines of a finding's witness, its name its own.
fn code(finding: &Finding, position: usize) -> String {
    let code = finding
        .witness
        .as_ref()
        .map(|witness| witness.code.as_str());
    code.unwrap_or_default()
        .replace(NAME, &format!("{NAME}_{position}"))
}

/// The unit of some witnesses of one header, on both sides.
fn both(
    trees: &Trees,
    arch: &ArchTrees,
    target: &'static Target,
    header: &str,
    codes: &[String],
) -> [Compile; 2] {
    [&arch.before, &arch.after].map(|tree: &HeaderTree| {
        let graph = trees.graph(tree);
        let header = through(&graph, tree, header).unwrap_or(header).to_owned();
        Compile {
            target,
            files: Arc::new(files(&graph, tree, &header)),
            header,
            codes: codes.to_vec(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parser_that_dies_proves_nothing() {
        let tried = |error: Option<&str>| Compiled::Tried(vec![error.map(str::to_owned)]);
        let lost = Compiled::Lost("the parser died".to_owned());
        let untried = Proof::Untried("the parser died");
        assert_eq!(proof(&tried(None), &lost, 0), untried);
        assert_eq!(proof(&lost, &tried(Some("no")), 0), untried);
        // The look-alikes: an error after is the proof, and one before is none.
        assert_eq!(proof(&tried(None), &tried(Some("no")), 0), Proof::Confirmed);
        assert_eq!(
            proof(&tried(Some("no")), &tried(Some("no")), 0),
            Proof::Refuted
        );
        assert_eq!(proof(&tried(None), &tried(None), 0), Proof::Refuted);
    }
}
