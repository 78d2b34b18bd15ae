//! The targets that a request asks for become those that are examined, and those that are not, with reasons.

use super::{PipelineError, Request};
use crate::extract::pool::Extractor;
use crate::extract::target::{self, Target};

/// Names of targets that are not examined, and why.
pub(super) type LeftOut = Vec<(String, String)>;

/// The targets of the run, and the ones left out with their reasons.
pub(super) fn offered(
    request: &Request,
    extractor: &Extractor,
) -> Result<(Vec<&'static Target>, LeftOut), PipelineError> {
    let libclang = extractor.libclang();
    let mut targets = Vec::new();
    let mut left_out: Vec<(String, String)> = Vec::new();
    for target in wanted(request)? {
        if target.needs_libclang <= libclang.major {
            targets.push(target);
        } else if request.targets.is_some() {
            return Err(PipelineError::TargetTooNew {
                name: target.name.to_owned(),
                needs: target.needs_libclang,
                found: libclang.version.clone(),
            });
        } else {
            left_out.push((
                target.name.to_owned(),
                format!("needs libclang {} or newer", target.needs_libclang),
            ));
        }
    }
    if request.targets.is_none() {
        left_out.extend(
            target::UNSUPPORTED
                .iter()
                .map(|arch| (arch.kernel_arch.to_owned(), arch.reason.to_owned())),
        );
    } else {
        let rest = target::ALL
            .iter()
            .filter(|target| !targets.iter().any(|chosen| chosen.name == target.name));
        left_out.extend(rest.map(|target| (target.name.to_owned(), "not asked for".to_owned())));
    }
    Ok((targets, left_out))
}

/// The targets that are asked for, each once, in the order of the table.
pub(super) fn wanted(request: &Request) -> Result<Vec<&'static Target>, PipelineError> {
    let Some(names) = &request.targets else {
        return Ok(target::ALL.iter().collect());
    };
    let mut targets: Vec<&'static Target> = names
        .iter()
        .map(|name| target_named(name))
        .collect::<Result<_, _>>()?;
    let order = |target: &&'static Target| {
        target::ALL
            .iter()
            .position(|other| other.name == target.name)
    };
    targets.sort_by_key(order);
    targets.dedup_by_key(|target| target.name);
    Ok(targets)
}

/// The target of that name.
pub(super) fn target_named(name: &str) -> Result<&'static Target, PipelineError> {
    target::by_name(name).ok_or_else(|| PipelineError::UnknownTarget {
        name: name.to_owned(),
        meant: target::nearest(name).map(|target| target.name),
        known: target::ALL
            .iter()
            .map(|target| target.name)
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// Pairs of a 64-bit target and the 32-bit one whose programs the same kernel runs.
pub(super) fn companions(targets: &[&'static Target]) -> Vec<(String, String)> {
    let pair =
        |target: &&'static Target| Some((target.name.to_owned(), target.companion?.to_owned()));
    targets.iter().filter_map(pair).collect()
}
