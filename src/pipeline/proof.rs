//! A `break` is believed only when its witness compiles against `before` and not against `after`.

use super::reading::files;
use super::trees::{ArchTrees, Trees, through};
use crate::extract::pool::{Compile, ExtractError, Extractor};
use crate::extract::target::{self, Target};
use crate::judge::{self, Finding, Verdict};
use crate::tree::HeaderTree;
use std::sync::Arc;

/// Tries the witness of every break; one that does not behave so is no break.
pub(super) fn confirm(
    findings: &mut [Finding],
    trees: &Trees,
    extractor: &Extractor,
) -> Result<(), ExtractError> {
    let mut tried = Vec::new();
    let mut snippets = Vec::new();
    for (position, finding) in findings.iter().enumerate() {
        let Some(witness) = finding
            .witness
            .as_ref()
            .filter(|_| finding.verdict == Verdict::Break)
        else {
            continue;
        };
        let target = finding
            .targets
            .first()
            .and_then(|name| target::by_name(name));
        let Some((target, arch)) =
            target.and_then(|target| Some((target, trees.by_arch.get(target.kernel_arch)?)))
        else {
            continue;
        };
        tried.push(position);
        snippets.extend(both(trees, arch, target, finding, &witness.code));
    }
    let outcomes = extractor.compile(snippets)?;
    for (position, outcome) in tried.into_iter().zip(outcomes.chunks(2)) {
        if let [before, after] = outcome {
            judge::settle(&mut findings[position], before.compiles && !after.compiles);
        }
    }
    Ok(())
}

fn both(
    trees: &Trees,
    arch: &ArchTrees,
    target: &'static Target,
    finding: &Finding,
    code: &str,
) -> [Compile; 2] {
    [&arch.before, &arch.after].map(|tree: &HeaderTree| {
        let graph = trees.graph(tree);
        let header = through(&graph, tree, &finding.header)
            .unwrap_or(&finding.header)
            .to_owned();
        Compile {
            target,
            files: Arc::new(files(&graph, tree, &header)),
            header,
            code: code.to_owned(),
        }
    })
}
