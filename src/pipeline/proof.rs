//! A `break` is believed only when its witness compiles against `before` and not against `after`.

use super::reading::files;
use super::trees::{ArchTrees, Trees, through};
use crate::extract::pool::{Compile, ExtractError, Extractor};
use crate::extract::target::{self, Target};
use crate::judge::{self, Finding, Verdict};
use crate::tree::HeaderTree;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The name that witnesses declare; made unique where several share a unit.
const NAME: &str = "uapi_check_witness";

/// The findings whose witnesses are compiled together: target and header, and apart from the others those
/// that include the header once more.
type Group<'f> = (&'f str, &'f str, bool);

/// Tries the witness of every break; one that does not behave so is no break.
pub(super) fn confirm(
    findings: &mut [Finding],
    trees: &Trees,
    extractor: &Extractor,
) -> Result<(), ExtractError> {
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
    for (positions, outcome) in tried.into_iter().zip(outcomes.chunks(2)) {
        let [before, after] = outcome else { continue };
        for (at, (before, after)) in positions
            .into_iter()
            .zip(before.errors.iter().zip(&after.errors))
        {
            judge::settle(&mut findings[at], before.is_none() && after.is_some());
        }
    }
    Ok(())
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
