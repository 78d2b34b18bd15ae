//! What the user wrote about states and layouts becomes two sides with their exported headers.

use super::{PipelineError, Request};
use crate::source::{self, Sides, State};
use crate::tree::{Asm, Exports, Layout, TreeError};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the headers are, as far as the user says so.
#[derive(Debug, Clone, Default)]
pub struct HeaderChoice {
    /// Name of the layout; found by itself where it is `None`.
    pub layout: Option<String>,
    /// The directory inside the repository, or inside both directories, that the layout begins in.
    pub root: Option<String>,
    /// A directory of headers that completes a part, such as `/usr/include`.
    pub base: Option<PathBuf>,
}

/// The exported headers of both sides.
pub(super) struct Layouts {
    pub before: Exports,
    pub after: Exports,
    /// As the user names the sides.
    names: String,
    choice: Choice,
}

/// What the user chose, read once for all the sides of a run.
#[derive(Clone)]
pub(super) struct Choice {
    layout: Option<&'static Layout>,
    told: bool,
    base: Option<Base>,
}

/// What completes a part.
#[derive(Clone)]
struct Base {
    /// What the user named.
    state: State,
    exports: Arc<Exports>,
}

/// The sides that a request names.
pub(super) fn sides(request: &Request) -> Result<Sides, PipelineError> {
    let sides = match &request.directories {
        Some([before, after]) => source::directories(before, after)?,
        None => {
            let (range, released) = (request.range.as_deref(), request.released.clone());
            source::open(&request.repository, range, released)?
        }
    };
    below(sides, &request.headers)
}

/// The sides, looked at from the directory that the user named.
pub(super) fn below(sides: Sides, headers: &HeaderChoice) -> Result<Sides, PipelineError> {
    match &headers.root {
        Some(root) => Ok(sides.below(root)?),
        None => Ok(sides),
    }
}

impl Layouts {
    /// Finds the layout of both sides. One that has none of its own is read as the other is: it may be
    /// the side on which the headers are not there yet.
    pub fn find(sides: &Sides, choice: &Choice) -> Result<Self, PipelineError> {
        let [before, after] = [&sides.before, &sides.after];
        let layouts = (choice.layout_of(before)?, choice.layout_of(after)?);
        let (Some(old), Some(new)) = (layouts.0.or(layouts.1), layouts.1.or(layouts.0)) else {
            return Err(not_found(sides, choice.layout));
        };
        Ok(Self {
            before: choice.exports(before, old)?,
            after: choice.exports(after, new)?,
            names: names(sides),
            choice: choice.clone(),
        })
    }

    /// The architectures that either side has.
    pub fn architectures(&self) -> Result<BTreeSet<String>, TreeError> {
        let sides = [self.before.architectures()?, self.after.architectures()?];
        Ok(sides.into_iter().flatten().collect())
    }

    /// Makes sure that one of the architectures is there: else nothing would be examined.
    ///
    /// # Errors
    /// The mistake of asking only for others.
    pub fn require(&self, wanted: &BTreeSet<&str>) -> Result<(), PipelineError> {
        let there = self.architectures()?;
        match there.iter().any(|name| wanted.contains(name.as_str())) {
            true => Ok(()),
            false => Err(self.none_of(&there)),
        }
    }

    fn none_of(&self, there: &BTreeSet<String>) -> PipelineError {
        let layout = self.after.layout().name;
        let there: Vec<&str> = there.iter().map(String::as_str).collect();
        let there = match there.as_slice() {
            [] => format!("read as `{layout}`, it has asm headers of no known architecture"),
            names => format!("read as `{layout}`, it has those of {}", names.join(", ")),
        };
        let name = self.names.clone();
        PipelineError::Tree(TreeError::NoArchitecture { name, there })
    }

    /// The exported headers of one more state, as it has them, or as the state before does.
    pub fn of(&self, state: &State) -> Result<Exports, PipelineError> {
        let layout = self.choice.layout_of(state)?;
        let layout = layout.unwrap_or_else(|| self.before.layout());
        Ok(self.choice.exports(state, layout)?)
    }

    /// Whether a state is a kernel.
    pub fn is_kernel(&self, state: &State) -> Result<bool, PipelineError> {
        let layout = self.choice.layout_of(state)?;
        Ok(layout.is_some_and(Layout::is_kernel))
    }

    /// The exported headers of a commit on the way from one side to the other. Between two kernels all are
    /// kernels, which costs no look into each.
    pub fn between(&self, state: &State) -> Result<Exports, PipelineError> {
        let kernel = self.before.layout().is_kernel() && self.after.layout().is_kernel();
        match kernel {
            true => Ok(self.choice.exports(state, self.before.layout())?),
            false => self.of(state),
        }
    }

    /// What the `asm/` headers of some architectures come from, where it is not the tree itself: one
    /// sentence for the report.
    pub fn completed<'a>(&self, arches: impl Iterator<Item = &'a str>) -> Option<String> {
        let mut by_base = Vec::new();
        let mut by_stubs = Vec::new();
        for arch in arches {
            match self.after.asm(arch) {
                Asm::Own => {}
                Asm::Base => by_base.push(arch),
                Asm::Stubs => by_stubs.push(arch),
            }
        }
        let mut parts = Vec::new();
        if let (Some(base), false) = (&self.choice.base, by_base.is_empty()) {
            parts.push(format!(
                "those of {} ({})",
                base.state.name,
                by_base.join(", ")
            ));
        }
        if !by_stubs.is_empty() {
            parts.push(format!(
                "stubs of uapi-check's own ({}), which stand for the few that nearly every header needs; \
                 --base-headers DIR takes real ones",
                by_stubs.join(", ")
            ));
        }
        (!parts.is_empty()).then(|| format!("asm headers: {}", parts.join("; ")))
    }

    /// What completes a part, where the user named something.
    pub fn base(&self) -> Option<&State> {
        self.choice.base.as_ref().map(|base| &base.state)
    }

    /// Why an architecture is not examined.
    pub fn absence(&self) -> &'static str {
        match self.after.layout().is_kernel() {
            true => "the examined tree has no such architecture",
            false => "the examined headers have no asm/ of this architecture",
        }
    }

    /// Whether a header that is not there is missing, as in a kernel, or somewhere else, as in a tree that
    /// carries a part.
    pub fn is_part(&self) -> bool {
        !matches!(self.after.layout().name, "kernel" | "installed")
    }
}

impl Choice {
    /// # Errors
    /// A layout that does not exist, and a base without headers.
    pub fn read(headers: &HeaderChoice) -> Result<Self, PipelineError> {
        let layout = headers.layout.as_deref().map(named).transpose()?;
        let base = headers.base.as_deref().map(base).transpose()?;
        Ok(Self {
            layout,
            told: layout.is_some() || headers.root.is_some(),
            base,
        })
    }

    fn layout_of(&self, state: &State) -> Result<Option<&'static Layout>, PipelineError> {
        match self.layout {
            Some(layout) => Ok(layout.is_in(&*state.files, self.told)?.then_some(layout)),
            None => Ok(Layout::of(&*state.files, self.told)?),
        }
    }

    fn exports(&self, state: &State, layout: &'static Layout) -> Result<Exports, TreeError> {
        Exports::new(
            Arc::clone(&state.files),
            layout,
            self.told,
            self.base.as_ref().map(|base| Arc::clone(&base.exports)),
        )
    }
}

fn named(name: &str) -> Result<&'static Layout, PipelineError> {
    let known = || {
        Layout::all()
            .map(|layout| layout.name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let unknown = || TreeError::UnknownLayout {
        name: name.to_owned(),
        known: known(),
    };
    Ok(Layout::named(name).ok_or_else(unknown)?)
}

/// The headers in a directory that the user named to complete others.
fn base(directory: &Path) -> Result<Base, PipelineError> {
    let sides = source::directories(directory, directory)?;
    let choice = Choice {
        layout: None,
        told: true,
        base: None,
    };
    let layout = choice.layout_of(&sides.after)?;
    let layout = layout.ok_or_else(|| not_found(&sides, None))?;
    Ok(Base {
        exports: Arc::new(choice.exports(&sides.after, layout)?),
        state: sides.after,
    })
}

fn not_found(sides: &Sides, wanted: Option<&'static Layout>) -> PipelineError {
    let name = names(sides);
    let layouts = Layout::all().filter(|layout| wanted.is_none_or(|wanted| wanted == *layout));
    let looked_for: Vec<String> = layouts
        .map(|layout| format!("{} ({})", layout.about, layout.name))
        .collect();
    let looked_for = looked_for.join("; ");
    PipelineError::Tree(TreeError::NoHeadersFound { name, looked_for })
}

fn names(sides: &Sides) -> String {
    let (before, after) = (&sides.before.name, &sides.after.name);
    match before == after {
        true => before.clone(),
        false => format!("{before} or {after}"),
    }
}
