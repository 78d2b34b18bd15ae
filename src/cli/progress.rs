//! How far a run is, on a terminal's standard error; nothing anywhere else.

use crate::pipeline::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// Shows progress until it is dropped.
pub struct Meter(Option<ProgressBar>);

impl Meter {
    /// Shows nothing unless it is `wanted`.
    pub fn new(wanted: bool) -> Self {
        if !wanted {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(Some(bar))
    }

    /// Shows this.
    pub fn show(&self, progress: Progress) {
        let Some(bar) = &self.0 else { return };
        match progress {
            Progress::Stage(stage) => {
                bar.set_style(ProgressStyle::default_spinner());
                bar.set_message(stage);
            }
            Progress::Headers { done, all } => counted(bar, "reading headers", done, all),
            Progress::Commits { done, all } => counted(bar, "judging commits", done, all),
        }
    }
}

fn counted(bar: &ProgressBar, what: &'static str, done: usize, all: usize) {
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {bar:30} {pos}/{len}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar.set_length(all as u64);
    bar.set_position(done as u64);
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
