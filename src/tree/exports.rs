//! A side and its layout become header trees, one for each architecture.
//!
//! The one place that knows whether a side is a kernel, a whole tree, or a part that other headers have to
//! complete: those of a base that the user names, or stand-ins of our own. Next: [`super::affected`].

use super::arch;
use super::layout::Layout;
use super::listing::{Listing, VERSION};
use super::stubs::stubs;
use super::{Header, HeaderTree, Origin, Rewrites, TreeError, architectures, build, generated};
use crate::source::{File, Files};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The exported headers of one side.
#[derive(Clone)]
pub struct Exports {
    files: Arc<dyn Files>,
    layout: &'static Layout,
    /// What is there; `None` for a kernel, which has rules instead.
    listing: Option<Arc<Listing>>,
    /// What completes a part.
    base: Option<Arc<Exports>>,
}

/// Where the `asm/` headers of an architecture come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asm {
    /// The side has its own.
    Own,
    /// The headers that the user named to complete it.
    Base,
    /// Stand-ins of our own.
    Stubs,
}

/// The header that every `asm/` has and nearly everything takes in: where it is, the rest is.
const KEYSTONE: &str = "asm/types.h";

impl Exports {
    /// The headers that a side has in this layout. `told` as for [`Layout::of`]; `base` completes what is
    /// only a part, and never a kernel.
    ///
    /// # Errors
    /// Where the side cannot be read.
    pub fn new(
        files: Arc<dyn Files>,
        layout: &'static Layout,
        told: bool,
        base: Option<Arc<Exports>>,
    ) -> Result<Self, TreeError> {
        let listing = if layout.is_kernel() {
            None
        } else {
            let place = layout.place(&*files, told)?;
            let listing = place.map(|place| Listing::read(&*files, layout, place));
            Some(Arc::new(listing.transpose()?.unwrap_or_default()))
        };
        Ok(Self {
            files,
            layout,
            listing,
            base,
        })
    }

    /// How the headers lie.
    pub fn layout(&self) -> &'static Layout {
        self.layout
    }

    /// The architectures that can be examined: those of the side's own `asm/` headers; where it has none
    /// at all, every one that there are stand-ins for.
    ///
    /// # Errors
    /// Where the side cannot be read.
    pub fn architectures(&self) -> Result<Vec<String>, TreeError> {
        let Some(listing) = &self.listing else {
            return architectures(&*self.files);
        };
        let any = listing.by_arch.is_empty() && !listing.foreign && !listing.is_empty();
        Ok(match any {
            true => arch::names().map(str::to_owned).collect(),
            false => listing.by_arch.keys().cloned().collect(),
        })
    }

    /// The header tree of an architecture.
    ///
    /// # Errors
    /// As [`build`].
    pub fn build(&self, arch: &str, memo: &Rewrites) -> Result<HeaderTree, TreeError> {
        let Some(listing) = &self.listing else {
            return build(&*self.files, arch, memo);
        };
        let made: Result<BTreeMap<String, Header>, TreeError> = listing
            .of(arch)
            .into_par_iter()
            .map(|(path, file)| Ok((path.clone(), self.make(&path, &file, memo)?)))
            .collect();
        let headers = made?;
        let mut support = BTreeMap::new();
        if !headers.is_empty() {
            if let Some(base) = &self.base {
                support = base.build(arch, memo)?.headers;
                support
                    .values_mut()
                    .for_each(|header| header.origin = Origin::Base);
            }
            if self.asm(arch) == Asm::Stubs {
                for (path, text) in stubs(arch) {
                    let stub = || generated(&text, Origin::Stub);
                    support.entry(path.to_owned()).or_insert_with(stub);
                }
            }
            support.retain(|path, _| !headers.contains_key(path));
        }
        Ok(HeaderTree {
            arch: arch.to_owned(),
            headers,
            support,
        })
    }

    fn make(&self, path: &str, file: &File, memo: &Rewrites) -> Result<Header, TreeError> {
        let mut header = match self.layout.raw {
            true => memo.header(&*self.files, file)?,
            false => memo.as_it_is(&*self.files, file)?,
        };
        if path == VERSION {
            header.origin = Origin::Version;
        }
        Ok(header)
    }

    /// Where the `asm/` headers of an architecture come from.
    pub fn asm(&self, arch: &str) -> Asm {
        let Some(listing) = &self.listing else {
            return Asm::Own;
        };
        let whole = |listing: &Listing| {
            let own = listing.by_arch.get(arch);
            own.is_some_and(|headers| headers.contains_key(KEYSTONE))
        };
        if whole(listing) {
            return Asm::Own;
        }
        let by_base = self.base.as_ref().is_some_and(|base| match &base.listing {
            Some(listing) => whole(listing),
            None => base
                .architectures()
                .is_ok_and(|names| names.iter().any(|name| name == arch)),
        });
        if by_base { Asm::Base } else { Asm::Stubs }
    }

    /// Whether nothing that is exported can differ, linux/version.h left out. `false` may turn out to be
    /// a change without effect.
    ///
    /// # Errors
    /// Where a side cannot be read.
    pub fn unchanged(&self, after: &Exports) -> Result<bool, TreeError> {
        Ok(match (&self.listing, &after.listing) {
            (None, None) => super::unchanged(&*self.files, &*after.files)?,
            (Some(before), Some(after)) => before.contents() == after.contents(),
            _ => false,
        })
    }

    /// The files that differ, of those that the headers are made from; where the layout itself differs, all
    /// that are known. Empty where the sides are [`Exports::unchanged`].
    ///
    /// # Errors
    /// Where a side cannot be read.
    pub fn touched(&self, after: &Exports) -> Result<BTreeSet<String>, TreeError> {
        let paths = |listing: &Listing| listing.files().map(|file| file.path.clone()).collect();
        Ok(match (&self.listing, &after.listing) {
            (None, None) => super::touched(&*self.files, &*after.files)?,
            (Some(before), Some(after)) => before.touched(after),
            (Some(listing), None) | (None, Some(listing)) => paths(listing),
        })
    }

    /// The texts of the headers that only an architecture has.
    ///
    /// # Errors
    /// Where the side cannot be read.
    pub fn own_texts(&self, arch: &str) -> Result<Vec<Arc<[u8]>>, TreeError> {
        let files = match &self.listing {
            None => self.files.below(&format!("arch/{arch}/include/uapi"))?,
            Some(listing) => {
                let own = listing.by_arch.get(arch);
                own.map_or_else(Vec::new, |own| own.values().cloned().collect())
            }
        };
        let texts = files.iter().map(|file| self.files.read(file));
        Ok(texts.collect::<Result<_, _>>()?)
    }
}
