//! Of requests that must give the same on several targets, one is read and the others take what it gave.
//!
//! Where that is so is for [`crate::extract::twins`] to tell. It takes a measurement of each target, which is
//! worth it only where much is to be read.

use crate::extract::pool::{ExtractError, Extractor, Languages, Request};
use crate::extract::target::Target;
use crate::extract::twins::Twins;
use std::collections::HashMap;

/// What is to be read for each target that is measured: less would not make up for the measuring.
const WORTH: usize = 24;

/// Which request each of some requests can take its header from: an earlier one, or itself.
pub(super) fn sources(
    extractor: &Extractor,
    requests: &[Request],
) -> Result<Vec<usize>, ExtractError> {
    let mut sources: Vec<usize> = (0..requests.len()).collect();
    let alike = alike(requests);
    let mut targets: Vec<&'static Target> = Vec::new();
    for at in alike.iter().flatten() {
        let target = requests[*at].target;
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    let more: usize = alike.iter().map(|group| group.len() - 1).sum();
    if more < WORTH * targets.len() {
        return Ok(sources);
    }
    let twins = Twins::new(&extractor.measure(&targets)?);
    let mut texts = twins.reader();
    for group in alike {
        let named = texts.of(&requests[group[0]].files);
        let mut read: Vec<usize> = Vec::new();
        for at in group {
            let same = |earlier: &&usize| {
                twins.agree(requests[**earlier].target, requests[at].target, &named)
            };
            match read.iter().find(same) {
                Some(earlier) => sources[at] = *earlier,
                None => read.push(at),
            }
        }
    }
    Ok(sources)
}

/// Requests for units of the same texts, where there are several. Other languages are told on one target only.
fn alike(requests: &[Request]) -> Vec<Vec<usize>> {
    let mut groups: HashMap<(&str, &str, blake3::Hash), Vec<usize>> = HashMap::new();
    for (at, request) in requests.iter().enumerate() {
        if request.languages != Languages::Untried {
            continue;
        }
        let mut hash = blake3::Hasher::new();
        for file in request.files.iter() {
            hash.update(&(file.path.len() as u64).to_le_bytes());
            hash.update(file.path.as_bytes());
            hash.update(&file.id);
        }
        let key = (
            request.header.as_str(),
            request.through.as_str(),
            hash.finalize(),
        );
        groups.entry(key).or_default().push(at);
    }
    let mut alike: Vec<Vec<usize>> = groups.into_values().collect();
    alike.retain(|group| group.len() > 1);
    alike.sort_unstable();
    alike
}
