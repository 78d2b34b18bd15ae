//! A pool of worker processes: requests in, outcomes out, in order, whatever the headers do.
//!
//! One thread of this process looks after one child: starts it, feeds it, watches the clock, and starts
//! it anew when it dies. The threads live as long as the [`Extractor`], because a child is killed by
//! the kernel when the thread that started it ends. What a child does is in [`super::worker`].

use super::asking;
use super::data_model::DataModel;
use super::library::{self, LibraryError};
use super::process::{Lost, Process};
use super::sandbox::Sandbox;
use super::sharing::Sharing;
use super::target::{self, Target};
use super::wire::{Answer, Order};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

pub use super::library::Libclang;
pub use super::request::{
    Compile, Compiled, ExtractError, Languages, Options, Outcome, Request, SourceFile,
};

enum Work {
    Read(Request),
    Compile(Compile),
    Measure(&'static Target),
}

enum Done {
    Read(Outcome),
    Compiled(Compiled),
    Measured(Option<Box<DataModel>>),
}

struct Task {
    index: usize,
    work: Work,
    sharing: Arc<Sharing>,
    reply: Sender<(usize, Result<Done, ExtractError>)>,
}

#[derive(Default)]
struct Queue {
    tasks: VecDeque<Task>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    filled: Condvar,
    losses: AtomicUsize,
}

impl Shared {
    fn add(&self, tasks: Vec<Task>) {
        // A thread that panicked left the queue itself whole: each change to it is one call.
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.tasks.extend(tasks);
        self.filled.notify_all();
    }

    fn take(&self) -> Option<Task> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if queue.closed {
                return None;
            }
            if let Some(task) = queue.tasks.pop_front() {
                return Some(task);
            }
            queue = self
                .filled
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn close(&self) {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .closed = true;
        self.filled.notify_all();
    }
}

/// The pool. Dropping it ends its workers.
pub struct Extractor {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    libclang: Libclang,
    sandbox: Sandbox,
}

impl Extractor {
    /// Finds libclang and starts the workers.
    ///
    /// # Errors
    /// Where no libclang of a good enough version is found, or no worker can be started.
    pub fn new(options: Options) -> Result<Self, ExtractError> {
        let path = library::find(std::env::var_os("LIBCLANG_PATH").as_deref())?;
        let shared = Arc::new(Shared::default());
        let (ready, started) = mpsc::channel();
        let mut pool = Self {
            shared: shared.clone(),
            threads: Vec::new(),
            libclang: Libclang {
                version: String::new(),
                major: 0,
                path: path.clone(),
            },
            sandbox: Sandbox::default(),
        };
        for _ in 0..options.jobs.max(1) {
            let (shared, path, ready) = (shared.clone(), path.clone(), ready.clone());
            let own = options.clone();
            let look_after = move || {
                let first = Process::start(&own, &path);
                let _ = ready.send(
                    first
                        .as_ref()
                        .map(Process::greeting)
                        .map_err(|lost| start_error(&own, lost)),
                );
                serve(&shared, &own, &path, first.ok());
            };
            let thread = std::thread::Builder::new().spawn(look_after);
            pool.threads
                .push(thread.map_err(|error| ExtractError::Start {
                    program: options.program.clone(),
                    reason: error.to_string(),
                })?);
        }
        drop(ready);
        let greeting = started.recv().map_err(|_| ExtractError::Start {
            program: options.program.clone(),
            reason: "it ended at once".to_owned(),
        })??;
        pool.libclang = identify(&greeting.banner, path)?;
        pool.sandbox = greeting.sandbox;
        Ok(pool)
    }

    /// The libclang in use.
    pub fn libclang(&self) -> &Libclang {
        &self.libclang
    }

    /// What the workers are under; all of them run on the same kernel.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// How often a worker gave no answer. What became of its header says more of this machine than of
    /// the header: next time it may be read.
    pub fn losses(&self) -> usize {
        self.shared.losses.load(Ordering::Relaxed)
    }

    /// Reads every requested header, target by target, largest closure first; outcomes are in the order of the requests.
    /// `progress` is called with how many are done, of how many.
    ///
    /// # Errors
    /// Only where workers can't be started any more. A header that kills one is an [`Outcome::Unread`].
    pub fn read(
        &self,
        requests: Vec<Request>,
        progress: &dyn Fn(usize, usize),
    ) -> Result<Vec<Outcome>, ExtractError> {
        let work = requests.into_iter().map(Work::Read).collect();
        let done = self.run(work, progress)?;
        Ok(done
            .into_iter()
            .filter_map(|done| match done {
                Done::Read(outcome) => Some(outcome),
                Done::Compiled(_) | Done::Measured(_) => None,
            })
            .collect())
    }

    /// Tries every piece of code; results are in the order given.
    ///
    /// # Errors
    /// Only where workers can't be started any more.
    pub fn compile(&self, requests: Vec<Compile>) -> Result<Vec<Compiled>, ExtractError> {
        let work = requests.into_iter().map(Work::Compile).collect();
        let done = self.run(work, &|_, _| ())?;
        Ok(done
            .into_iter()
            .filter_map(|done| match done {
                Done::Compiled(compiled) => Some(compiled),
                Done::Read(_) | Done::Measured(_) => None,
            })
            .collect())
    }

    /// Measures the data model of each target; those that could not be measured are left out.
    ///
    /// # Errors
    /// Only where workers can't be started any more.
    pub fn measure(
        &self,
        targets: &[&'static Target],
    ) -> Result<Vec<(&'static Target, DataModel)>, ExtractError> {
        let work = targets.iter().copied().map(Work::Measure).collect();
        let done = self.run(work, &|_, _| ())?;
        let measured = targets
            .iter()
            .zip(done)
            .filter_map(|(target, done)| match done {
                Done::Measured(model) => Some((*target, *model?)),
                Done::Read(_) | Done::Compiled(_) => None,
            });
        Ok(measured.collect())
    }

    fn run(
        &self,
        work: Vec<Work>,
        progress: &dyn Fn(usize, usize),
    ) -> Result<Vec<Done>, ExtractError> {
        let all = work.len();
        let (reply, replies) = mpsc::channel();
        let sharing = Arc::<Sharing>::default();
        let mut tasks: Vec<Task> = work
            .into_iter()
            .enumerate()
            .map(|(index, work)| Task {
                index,
                work,
                sharing: Arc::clone(&sharing),
                reply: reply.clone(),
            })
            .collect();
        drop(reply);
        // Target by target, because a worker keeps what it has set up for one.
        tasks.sort_by_cached_key(|task| {
            (position(&task.work), std::cmp::Reverse(weight(&task.work)))
        });
        self.shared.add(tasks);
        let mut done: Vec<Option<Done>> = Vec::new();
        done.resize_with(all, || None);
        for (count, (index, result)) in replies.iter().enumerate() {
            done[index] = Some(result?);
            progress(count + 1, all);
        }
        let done: Option<Vec<Done>> = done.into_iter().collect();
        done.ok_or_else(|| ExtractError::Start {
            program: PathBuf::new(),
            reason: "a thread of the pool ended early".to_owned(),
        })
    }
}

impl Drop for Extractor {
    fn drop(&mut self) {
        self.shared.close();
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing left to clean up: its child goes with it.
            let _ = thread.join();
        }
    }
}

fn identify(banner: &str, path: PathBuf) -> Result<Libclang, ExtractError> {
    let version = library::version_number(banner).unwrap_or_default();
    let major = library::major(banner);
    if major < library::OLDEST {
        return Err(ExtractError::Library(LibraryError::TooOld {
            path: path.display().to_string(),
            version: banner.to_owned(),
        }));
    }
    Ok(Libclang {
        version,
        major,
        path,
    })
}

/// Place of the target among all.
fn position(work: &Work) -> Option<usize> {
    let (Work::Read(Request { target, .. })
    | Work::Compile(Compile { target, .. })
    | Work::Measure(target)) = work;
    target::ALL
        .iter()
        .position(|other| other.name == target.name)
}

fn weight(work: &Work) -> usize {
    match work {
        Work::Read(request) => request.files.iter().map(|file| file.text.len()).sum(),
        Work::Compile(_) | Work::Measure(_) => 0,
    }
}

fn start_error(options: &Options, lost: &Lost) -> ExtractError {
    match lost {
        Lost::Library { path, reason } => ExtractError::Library(LibraryError::Unusable {
            path: path.clone(),
            reason: reason.clone(),
        }),
        other => ExtractError::Start {
            program: options.program.clone(),
            reason: other.to_string(),
        },
    }
}

/// Orders that one worker is given before it is replaced: bounds the texts it keeps and its CPU time.
const MOST_ORDERS: usize = 20_000;

/// Looks after one child until the pool is closed.
fn serve(shared: &Shared, options: &Options, path: &std::path::Path, mut child: Option<Process>) {
    while let Some(task) = shared.take() {
        let mut ask =
            |order: &Order, files: &[SourceFile]| -> Result<Result<Answer, Lost>, ExtractError> {
                if child
                    .as_ref()
                    .is_none_or(|process| process.orders() >= MOST_ORDERS)
                {
                    let fresh = Process::start(options, path);
                    child = Some(fresh.map_err(|lost| start_error(options, &lost))?);
                }
                let Some(process) = child.as_mut() else {
                    return Ok(Err(Lost::Died));
                };
                let answer = process.ask(order, files, options.deadline, &task.sharing);
                if answer.is_err() {
                    child = None;
                    shared.losses.fetch_add(1, Ordering::Relaxed);
                }
                Ok(answer)
            };
        let done = match &task.work {
            Work::Read(request) => asking::read(request, &mut ask).map(Done::Read),
            Work::Compile(request) => asking::compile(request, &mut ask).map(Done::Compiled),
            Work::Measure(target) => asking::measure(target, &mut ask).map(Done::Measured),
        };
        // The caller may have gone after an error; then nobody wants the result.
        let _ = task.reply.send((task.index, done));
    }
}
