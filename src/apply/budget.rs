//! How much work and memory a series may cost: whoever wrote it may mean harm.

use super::refusal::Refusal;
use std::cell::Cell;

/// Lines that are compared, in all. A hunk that fits nowhere costs as many as its file has: this is enough for
/// two thousand such hunks in the longest file of a kernel.
const WORK_LIMIT: usize = 500_000_000;
/// Bytes of the files that are made, in all.
const BYTES_LIMIT: usize = 512 << 20;

/// What is left for a series, on whatever bases it is tried.
#[derive(Debug)]
pub(super) struct Budget {
    work: Cell<usize>,
    bytes: Cell<usize>,
}

impl Budget {
    pub fn new() -> Self {
        Self {
            work: Cell::new(WORK_LIMIT),
            bytes: Cell::new(BYTES_LIMIT),
        }
    }

    /// One that is soon spent.
    #[cfg(test)]
    pub fn small() -> Self {
        Self {
            work: Cell::new(WORK_LIMIT / 1000),
            bytes: Cell::new(BYTES_LIMIT / 1000),
        }
    }

    /// Takes lines that were compared.
    pub fn work(&self, lines: usize) -> Result<(), Refusal> {
        spend(&self.work, lines).ok_or_else(|| Refusal::TooLarge {
            what: "where the hunks go takes too long to find".to_owned(),
            limit: format!("{WORK_LIMIT} lines are compared for a series"),
        })
    }

    /// Takes bytes of a file that is made.
    pub fn bytes(&self, bytes: usize) -> Result<(), Refusal> {
        spend(&self.bytes, bytes).ok_or_else(|| Refusal::TooLarge {
            what: "the series makes files of too many bytes".to_owned(),
            limit: format!("{BYTES_LIMIT} bytes for a series"),
        })
    }
}

fn spend(left: &Cell<usize>, amount: usize) -> Option<()> {
    left.set(left.get().checked_sub(amount)?);
    Some(())
}
