//! One worker process as its parent sees it: started, asked, waited for with a deadline, killed.
//!
//! Knows pipes and the clock, not what is asked; [`super::pool`] decides what follows from a loss.

use super::pool::{Options, SourceFile};
use super::sharing::Sharing;
use super::wire::{self, Answer, Greeting, Id, Order};
use rustix::event::{PollFd, PollFlags, Timespec};
use std::collections::HashSet;
use std::io::{self, BufReader, BufWriter, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a worker may take to load libclang.
const START: Duration = Duration::from_secs(60);

/// Why a worker gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// It ended.
    #[error("the parser died")]
    Died,
    /// It took longer than the deadline.
    #[error("the parser took longer than {0:?}")]
    Deadline(Duration),
    /// It answered something else.
    #[error("the parser's answer makes no sense")]
    Garbled,
    /// It can't load libclang.
    #[error("{path} can't be loaded: {reason}")]
    Library {
        /// The library.
        path: String,
        /// What the loader says.
        reason: String,
    },
    /// It did not even start.
    #[error("{0}")]
    Start(String),
}

/// A running worker.
pub struct Process {
    child: Child,
    stdin: BufWriter<ChildStdin>,
    stdout: ChildStdout,
    sent: HashSet<Id>,
    orders: usize,
    greeting: Greeting,
}

impl Process {
    /// Starts a worker and waits until it has loaded the library.
    ///
    /// # Errors
    /// Where it can't be started or can't load the library.
    pub fn start(options: &Options, library: &Path) -> Result<Self, Lost> {
        let failed = |error: io::Error| Lost::Start(error.to_string());
        let mut child = Command::new(&options.program)
            .arg("extract-worker")
            .env_clear()
            .env("LIBCLANG_PATH", library)
            .env("LIBCLANG_NOTHREADS", "1")
            // The memory of one header is that of the next: giving it back in between takes a tenth of the time.
            .env("MIMALLOC_PURGE_DELAY", "-1")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Lost::Start("it has no pipes".to_owned()));
        };
        let mut process = Self {
            child,
            stdin: BufWriter::with_capacity(1 << 16, stdin),
            stdout,
            sent: HashSet::new(),
            orders: 0,
            greeting: Greeting::default(),
        };
        let order = Order::Start {
            memory_bytes: options.memory_bytes,
        };
        match process.ask(&order, &[], START, &Sharing::default())? {
            Answer::Ready(Ok(greeting)) => process.greeting = greeting,
            Answer::Ready(Err(reason)) => {
                return Err(Lost::Library {
                    path: library.display().to_string(),
                    reason,
                });
            }
            _ => return Err(Lost::Garbled),
        }
        Ok(process)
    }

    /// What it said when it was ready.
    pub fn greeting(&self) -> Greeting {
        self.greeting.clone()
    }

    /// How many orders it was given.
    pub fn orders(&self) -> usize {
        self.orders
    }

    /// Sends an order, and before it the texts that the worker has not seen yet; waits for the answer.
    ///
    /// # Errors
    /// After any error the process is of no more use and is killed when dropped.
    pub fn ask(
        &mut self,
        order: &Order,
        files: &[SourceFile],
        deadline: Duration,
        sharing: &Sharing,
    ) -> Result<Answer, Lost> {
        let lost = |error: io::Error| match error.kind() {
            io::ErrorKind::TimedOut => Lost::Deadline(deadline),
            io::ErrorKind::InvalidData => Lost::Garbled,
            _ => Lost::Died,
        };
        self.orders += 1;
        for file in files {
            if self.sent.insert(file.id) {
                wire::send_text(&mut self.stdin, &file.id, &file.text).map_err(lost)?;
            }
        }
        wire::send_order(&mut self.stdin, order).map_err(lost)?;
        let timed = Timed {
            from: &mut self.stdout,
            until: Instant::now() + deadline,
        };
        // Strictly one answer follows one order, so the buffer never holds the start of another.
        wire::receive_answer(&mut BufReader::with_capacity(1 << 16, timed), sharing).map_err(lost)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only where the process has already ended and been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads from a pipe until a moment in time.
struct Timed<'a> {
    from: &'a mut ChildStdout,
    until: Instant,
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            let timeout = Timespec::try_from(left).map_err(|_| io::ErrorKind::InvalidInput)?;
            let mut fds = [PollFd::new(&*self.from, PollFlags::IN)];
            match rustix::event::poll(&mut fds, Some(&timeout)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return self.from.read(buffer),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
