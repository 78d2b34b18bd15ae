//! The main path: a range of a repository becomes a report. One line a stage; read this first.
//!
//! Every front end (command line, service, tests) calls [`check`]. Work is done only where a header's
//! text, or that of something it includes, differs. Knows no output form and no network. What goes
//! through a range commit by commit ([`check_per_commit`], [`history()`]) stands in `commits` and
//! `history`, and examines each commit as [`check`] examines the range. Patches become such a range first
//! ([`check_patches`]).

mod answers;
mod approvals;
mod assemble;
mod bases;
mod clock;
mod commits;
mod elsewhere;
mod engine;
mod history;
mod kept;
mod layouts;
mod patches;
mod proof;
mod reading;
mod records;
mod release;
mod series;
mod shapes;
mod sharing;
mod surface;
mod targets;
mod trees;
mod units;
mod untouched;

use crate::apply::ApplyError;
use crate::approve::Approval;
use crate::diff::{self, diff};
use crate::extract::pool::ExtractError;
use crate::extract::target::Target;
use crate::judge::{Catalogue, Finding, RuleError, judge};
use crate::model::Gap;
use crate::report::{Report, Revision};
use crate::source::{ReleaseChoice, Sides, SourceError, State};
use crate::tree::{Rewrites, TreeError};
pub use approvals::settle;
pub use commits::check_per_commit;
pub use engine::Engine;
pub use history::history;
pub use layouts::HeaderChoice;
pub use patches::{PatchSet, check_patches};
pub use surface::{SurfaceRequest, surface};

use clock::Clock;
use kept::Kept;
use layouts::{Choice, Layouts};
use reading::Reader;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use targets::{LeftOut, companions, offered, wanted};
use trees::Trees;
pub use trees::through;

/// What to check.
#[derive(Debug)]
pub struct Request {
    /// A path in the repository.
    pub repository: PathBuf,
    /// The range, as [`crate::source::open`] takes it.
    pub range: Option<String>,
    /// Names of targets; `None` for all that the found libclang knows.
    pub targets: Option<Vec<String>>,
    /// What counts as released.
    pub released: ReleaseChoice,
    /// The rules.
    pub catalogue: Catalogue,
    /// Two directories to compare, before and after; no repository is then looked at.
    pub directories: Option<[PathBuf; 2]>,
    /// Where the headers are.
    pub headers: HeaderChoice,
    /// Whether every header that the change reaches is read, even where nothing that it spells differs.
    /// The findings must be the same; see `untouched` and [`crate::tree::affected`].
    pub thorough: bool,
    /// What people said of the change, besides what its commits say. It is no part of what is kept.
    pub said: Vec<Approval>,
    /// What says who must agree, where that is not the state before.
    pub authority: Option<Authority>,
}

/// The commit whose MAINTAINERS, .mailmap and settings count. Of a pull request that is the tip of the branch that it
/// is for: whoever opens one chooses what it forks off, and could bring back who decided long ago.
#[derive(Debug, Clone)]
pub struct Authority {
    /// The commit.
    pub revision: String,
    /// As reports name it.
    pub name: String,
}

/// What is being done, for a progress display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A stage began.
    Stage(&'static str),
    /// Headers read so far.
    Headers {
        /// Number that are done.
        done: usize,
        /// Number of all.
        all: usize,
    },
    /// Commits judged so far.
    Commits {
        /// Number that are done.
        done: usize,
        /// Number of all that touch exported headers.
        all: usize,
    },
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The sides could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Patches could not be tried.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The header trees could not be rebuilt.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A mistake in the settings of the examined repository.
    #[error("{0}: mend it there; the settings count from the next commit on")]
    Settings(#[from] RuleError),
    /// libclang could not be used.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// What says who must agree is a kernel, and what the change starts from is none.
    #[error(
        "it starts from {before}, which is no kernel, and {authority} is one: base it on {authority}"
    )]
    Stranger {
        /// What the change starts from.
        before: String,
        /// What it is for.
        authority: String,
    },
    /// A target that is not known.
    #[error("no target is called `{name}`{}: known are {known}", question(*meant))]
    UnknownTarget {
        /// As the user wrote it.
        name: String,
        /// The name that was meant, where that can be told.
        meant: Option<&'static str>,
        /// The names that exist.
        known: String,
    },
    /// A target that this libclang cannot compile for.
    #[error(
        "target {name} needs libclang {needs} or newer, and this is {found}: install libclang1-{needs} or leave the target out"
    )]
    TargetTooNew {
        /// Name of the target.
        name: String,
        /// First major version that knows it.
        needs: u32,
        /// Version that was found.
        found: String,
    },
}

fn question(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |meant| format!(" (did you mean {meant}?)"))
}

impl PipelineError {
    /// Whether the user can mend it by asking for something else.
    pub fn is_users_mistake(&self) -> bool {
        match self {
            Self::Source(error) => error.is_mistake(),
            Self::Tree(error) => error.is_mistake(),
            Self::Apply(error) => error.is_mistake(),
            Self::UnknownTarget { .. }
            | Self::TargetTooNew { .. }
            | Self::Stranger { .. }
            | Self::Settings(_) => true,
            Self::Extract(_) => false,
        }
    }
}

/// Checks a range.
///
/// # Errors
/// The user's mistakes (see [`PipelineError::is_users_mistake`]) and our own failures. What merely
/// could not be read is a gap in the report.
pub fn check(
    request: &Request,
    engine: &Engine,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Report, PipelineError> {
    let mut clock = Clock::start();
    let bench = Workbench::new(request, engine, progress)?;
    let sides = layouts::sides(request)?;
    let mut report = bench.check(&sides, &mut clock)?;
    report.timing = clock.stop(&bench.kept);
    Ok(report)
}

/// What the comparisons of one run share: a file that several of them have is read once.
struct Workbench<'r> {
    request: &'r Request,
    engine: &'r Engine,
    progress: &'r (dyn Fn(Progress) + Sync),
    arches: BTreeSet<&'static str>,
    choice: Choice,
    memo: Arc<Rewrites>,
    reader: OnceCell<Reader<'r>>,
    kept: Rc<Kept<'r>>,
    /// Of the engine, before anything was read.
    losses: usize,
}

/// What the comparison of two sides found.
struct Examined {
    trees: Trees,
    targets: Vec<&'static Target>,
    left_out: LeftOut,
    surfaces: Vec<reading::Both>,
    released: Option<Revision>,
    findings: Vec<Finding>,
    gaps: Vec<Gap>,
}

impl<'r> Workbench<'r> {
    fn new(
        request: &'r Request,
        engine: &'r Engine,
        progress: &'r (dyn Fn(Progress) + Sync),
    ) -> Result<Self, PipelineError> {
        Ok(Self {
            request,
            engine,
            progress,
            arches: wanted(request)?.iter().map(|t| t.kernel_arch).collect(),
            choice: Choice::read(&request.headers)?,
            memo: Arc::default(),
            reader: OnceCell::new(),
            kept: Rc::new(Kept::new(engine.cache())),
            losses: engine.losses(),
        })
    }

    /// Compares two sides, reports, and tells who must agree.
    fn check(&self, sides: &Sides, clock: &mut Clock) -> Result<Report, PipelineError> {
        let (mut report, owners) = self.found(sides, clock)?;
        self.approve(&mut report, sides, owners, (None, clock))?;
        Ok(report)
    }

    /// Compares two sides and reports; owners are read meanwhile, where there are any.
    fn found(
        &self,
        sides: &Sides,
        clock: &mut Clock,
    ) -> Result<(Report, Option<approvals::Begun>), PipelineError> {
        let layouts = Layouts::find(sides, &self.choice)?;
        // Elsewhere than in the kernel, headers are copies: nobody agrees to a change there.
        let kernel = layouts.before.layout().is_kernel();
        let authority = self.authority(sides, &layouts)?;
        let edited = match kernel {
            true => approvals::edited(sides, &authority)?,
            false => None,
        };
        let (mut report, owners) = if layouts.before.unchanged(&layouts.after)? {
            (assemble::untouched(sides, self.request, clock.timing), None)
        } else {
            let owners = kernel.then(|| approvals::Begun::of(authority));
            (self.known(sides, layouts, clock)?, owners)
        };
        report.notes.extend(edited);
        Ok((report, owners))
    }

    /// The state that says who must agree.
    fn authority(&self, sides: &Sides, layouts: &Layouts) -> Result<State, PipelineError> {
        let Some(authority) = &self.request.authority else {
            return Ok(sides.before.clone());
        };
        let state = sides.named(&authority.revision, &authority.name)?;
        let kernel = layouts.before.layout().is_kernel();
        // A kernel's history has beginnings of other things in it, for which nobody would have to agree.
        match !kernel && layouts.is_kernel(&state)? {
            true => Err(PipelineError::Stranger {
                before: sides.before.name.clone(),
                authority: state.name,
            }),
            false => Ok(state),
        }
    }

    /// Tells who must agree. `judged` is what each commit made, where the run went commit by commit.
    fn approve(
        &self,
        report: &mut Report,
        sides: &Sides,
        owners: Option<approvals::Begun>,
        (judged, clock): (Option<&[commits::Judged]>, &mut Clock),
    ) -> Result<(), PipelineError> {
        let Some(owners) = owners.filter(|_| !report.findings.is_empty()) else {
            return Ok(());
        };
        let start = Instant::now();
        let said = &self.request.said;
        approvals::add(report, sides, owners, approvals::Known { said, judged })?;
        clock.timing.approve += clock::milliseconds(start);
        Ok(())
    }

    /// Compares two sides and reports, or finds the report of the last time. Its key is what the trees have;
    /// what commits say is not in it.
    fn known(
        &self,
        sides: &Sides,
        layouts: Layouts,
        clock: &mut Clock,
    ) -> Result<Report, PipelineError> {
        let Some(comparison) = self.kept.comparison(sides, self.request)? else {
            return self.report(sides, layouts, clock);
        };
        if let Some(report) = self.kept.report(&comparison, clock.timing) {
            return Ok(report);
        }
        let report = self.report(sides, layouts, clock)?;
        // A worker that gave no answer may give one next time.
        Ok(match self.engine.losses() == self.losses {
            true => self.kept.keep_report(&comparison, report),
            false => report,
        })
    }

    fn report(
        &self,
        sides: &Sides,
        layouts: Layouts,
        clock: &mut Clock,
    ) -> Result<Report, PipelineError> {
        let found = self.compare(sides, layouts, clock)?;
        found.trees.layouts.require(&self.arches)?;
        let run = assemble::Run {
            sides,
            trees: &found.trees,
            targets: &found.targets,
            left_out: found.left_out,
            released: found.released,
            extractor: self.engine.extractor()?,
            request: self.request,
            surfaces: &found.surfaces,
        };
        let report = run.report(found.findings, found.gaps, clock.timing);
        // Giving back the memory of a large comparison takes a while, and nobody has to wait for it.
        rayon::spawn(move || drop((found.trees, found.surfaces)));
        Ok(report)
    }

    /// Compares two sides; `None` where no file that exported headers are made from differs.
    fn examine(&self, sides: &Sides, clock: &mut Clock) -> Result<Option<Examined>, PipelineError> {
        let layouts = Layouts::find(sides, &self.choice)?;
        if layouts.before.unchanged(&layouts.after)? {
            return Ok(None);
        }
        self.compare(sides, layouts, clock).map(Some)
    }

    fn compare(
        &self,
        sides: &Sides,
        layouts: Layouts,
        clock: &mut Clock,
    ) -> Result<Examined, PipelineError> {
        (self.progress)(Progress::Stage("rebuilding the header trees"));
        let extractor = std::thread::scope(|scope| {
            let started = scope.spawn(|| self.engine.extractor());
            let trees = Trees::build(layouts, &self.arches, &self.memo, self.request.thorough);
            (started.join(), trees)
        });
        let trees = extractor.1?;
        let extractor = extractor
            .0
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let (targets, left_out) = offered(self.request, extractor)?;
        clock.lap(|timing| &mut timing.tree);
        (self.progress)(Progress::Stage("reading headers"));
        let reader = self.reader.get_or_init(|| {
            Reader::new(
                extractor,
                self.progress,
                self.request.thorough,
                Rc::clone(&self.kept),
            )
        });
        let surfaces = reader.read(&trees, &targets)?;
        clock.lap(|timing| &mut timing.extract);
        let pairs: Vec<diff::Sides<'_>> = surfaces.iter().map(reading::Both::sides).collect();
        let mut changes = diff(&pairs, &companions(&targets));
        let mut gaps = diff::gaps(&pairs);
        let arches = targets.iter().map(|target| target.kernel_arch).collect();
        elsewhere::mark(&mut changes, &trees.layouts.after, &arches)?;
        elsewhere::drop_declared(&mut changes, &trees);
        let released = release::mark(sides, &trees, &targets, reader, &mut changes)?;
        clock.lap(|timing| &mut timing.diff);
        let mut findings = judge(&changes, &self.request.catalogue);
        gaps.extend(proof::confirm(&mut findings, &trees, extractor)?);
        clock.lap(|timing| &mut timing.judge);
        rayon::spawn(move || drop(changes));
        Ok(Examined {
            trees,
            targets,
            left_out,
            surfaces,
            released,
            findings,
            gaps,
        })
    }
}
