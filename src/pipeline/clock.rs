//! Times of a run, stage by stage.

use super::kept::Kept;
use crate::report::Timing;
use std::time::Instant;

/// A clock that was started.
pub(super) struct Clock {
    start: Instant,
    lap: Instant,
    pub timing: Timing,
}

impl Clock {
    pub fn start() -> Self {
        let now = Instant::now();
        Self {
            start: now,
            lap: now,
            timing: Timing::default(),
        }
    }

    /// Ends a stage.
    pub fn lap(&mut self, stage: fn(&mut Timing) -> &mut u64) {
        *stage(&mut self.timing) += milliseconds(self.lap);
        self.lap = Instant::now();
    }

    /// The times of a run that is at its end.
    pub fn stop(mut self, kept: &Kept<'_>) -> Timing {
        self.timing.total = milliseconds(self.start);
        self.timing.cache = kept.usage();
        self.timing
    }
}

/// Milliseconds that have passed.
pub(super) fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
