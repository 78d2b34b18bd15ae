//! A `break` is believed only when its witness compiles against `before` and not against `after`.

use super::reading::files;
use super::trees::{ArchTrees, Trees, through};
use crate::extract::pool::{Compile, ExtractError, Extractor};
use crate::extract::target::{self, Target};
use crate::judge::{self, Finding, Verdict};
use crate::tree::HeaderTree;
use std::collections::HashMap;
use std::sync::Arc;

/// Text that is compiled for the proofs of one header, in bytes: enough for some hundred findings. A
/// header with more breaks than that stays broken without a proof of each; thousands of compilations of
/// a hostile one would take hours.
const TEXT_LIMIT: usize = 128 << 20;

/// Tries the witness of every break; one that does not behave so is no break. Those beyond
/// [`TEXT_LIMIT`] are not tried.
pub(super) fn confirm(
    findings: &mut [Finding],
    trees: &Trees,
    extractor: &Extractor,
) -> Result<(), ExtractError> {
    let mut tried = Vec::new();
    let mut snippets = Vec::new();
    let mut spent: HashMap<&str, usize> = HashMap::new();
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
        let spent = spent.entry(&finding.header).or_default();
        if *spent > TEXT_LIMIT {
            continue;
        }
        let pair = both(trees, arch, target, finding, &witness.code);
        *spent += pair.iter().map(text_bytes).sum::<usize>();
        tried.push(position);
        snippets.extend(pair);
    }
    let outcomes = extractor.compile(snippets)?;
    for (position, outcome) in tried.into_iter().zip(outcomes.chunks(2)) {
        if let [before, after] = outcome {
            judge::settle(&mut findings[position], before.compiles && !after.compiles);
        }
    }
    Ok(())
}

fn text_bytes(code: &Compile) -> usize {
    code.files.iter().map(|file| file.text.len()).sum()
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
