//! One revision on one target becomes its surface, for looking at.

use super::kept::Kept;
use super::layouts::{self, Choice, HeaderChoice, Layouts};
use super::reading::Reader;
use super::targets::target_named;
use super::trees::Trees;
use super::{Engine, PipelineError, Progress};
use crate::model::Surface;
use crate::source::{self, ReleaseChoice};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

/// What to read.
#[derive(Debug, Clone)]
pub struct SurfaceRequest {
    /// A path in the repository.
    pub repository: PathBuf,
    /// The revision.
    pub revision: String,
    /// A directory to read instead, without git.
    pub directory: Option<PathBuf>,
    /// Where the headers are.
    pub headers: HeaderChoice,
    /// Name of the target.
    pub target: String,
    /// Installed path of the only header wanted; `None` for all.
    pub header: Option<String>,
}

/// Reads the surface of a revision.
///
/// # Errors
/// As [`super::check`].
pub fn surface(
    request: &SurfaceRequest,
    engine: &Engine,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Surface, PipelineError> {
    let target = target_named(&request.target)?;
    let sides = match &request.directory {
        Some(directory) => source::directories(directory, directory)?,
        None => {
            let range = format!("{0}..{0}", request.revision);
            source::open(&request.repository, Some(&range), ReleaseChoice::None)?
        }
    };
    let sides = layouts::below(sides, &request.headers)?;
    let layouts = Layouts::find(&sides, &Choice::read(&request.headers)?)?;
    progress(Progress::Stage("rebuilding the header tree"));
    let trees = Trees::build(
        layouts,
        &[target.kernel_arch].into(),
        &Arc::default(),
        false,
    )?;
    trees.layouts.require(&[target.kernel_arch].into())?;
    let mut surface = Surface {
        target: target.name.to_owned(),
        ..Surface::default()
    };
    let Some(arch) = trees.by_arch.get(target.kernel_arch) else {
        return Ok(surface);
    };
    let headers: BTreeSet<String> = match &request.header {
        Some(header) => BTreeSet::from([header.clone()]),
        None => arch.after.headers.keys().cloned().collect(),
    };
    progress(Progress::Stage("reading headers"));
    let kept = Rc::new(Kept::new(engine.cache()));
    let reader = Reader::new(engine.extractor()?, progress, false, kept);
    let read = reader.read_some(&trees, &[(target, &arch.after, headers)])?;
    surface = read.into_iter().next().unwrap_or(surface);
    Ok(surface)
}
