//! The child process: takes texts and orders from its parent, parses, answers. Ends with its parent.
//!
//! Everything hostile happens here: headers come from patches that nobody has reviewed, and libclang
//! can be made to read files, to run out of memory and to crash. So it is given no files, little memory
//! and no privileges, and [`super::pool`] watches the clock.

use super::clang::{self, Index};
use super::target;
use super::text::Text;
use super::unit::{self, Job};
use super::wire::{self, Answer, Id, Incoming, Order, Parts};
use rustix::process::{Resource, Rlimit, Signal};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::process::ExitCode;

/// Stack of the thread that parses, in bytes: deep nesting in a header must not exhaust it early.
const STACK_BYTES: usize = 64 << 20;

/// CPU time of one worker in seconds: a last resort behind the parent's deadline for each job.
const CPU_SECONDS: u64 = 3600;

/// Serves one parent until `stdin` ends.
pub fn run(stdin: impl Read + Send, stdout: impl Write + Send) -> ExitCode {
    let served = std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, move || serve(stdin, stdout))
            .map(|thread| thread.join())
    });
    match served {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::from(2),
    }
}

fn serve(mut stdin: impl Read, mut stdout: impl Write) -> io::Result<()> {
    let Some(Incoming::Order(Order::Start { memory_bytes })) = wire::receive(&mut stdin)? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    confine(memory_bytes)?;
    let banner = clang::load();
    let loaded = banner.is_ok();
    wire::send_answer(&mut stdout, &Answer::Ready(banner))?;
    if !loaded {
        return Ok(());
    }
    let index = Index::new();
    let mut texts: HashMap<Id, Text> = HashMap::new();
    while let Some(incoming) = wire::receive(&mut stdin)? {
        match incoming {
            Incoming::Text(id, text) => {
                texts.insert(id, Text::new(text));
            }
            Incoming::Order(order) => {
                wire::send_answer(&mut stdout, &answer(&index, &texts, &order))?;
            }
        }
    }
    Ok(())
}

/// Gives up what the work does not need.
fn confine(memory_bytes: u64) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::thread::set_no_new_privs(true)?;
    let limit = |resource, value| {
        let wanted = Rlimit {
            current: Some(value),
            maximum: Some(value),
        };
        rustix::process::setrlimit(resource, wanted)
    };
    limit(Resource::Core, 0)?;
    limit(Resource::As, memory_bytes)?;
    limit(Resource::Cpu, CPU_SECONDS)?;
    limit(Resource::Nofile, 32)?;
    Ok(())
}

fn answer(index: &Index, texts: &HashMap<Id, Text>, order: &Order) -> Answer {
    match order {
        Order::Read {
            unit,
            languages,
            evaluate,
        } => match job(texts, unit) {
            Ok(job) => match unit::read(index, &job, *evaluate, *languages) {
                Ok(surface) => Answer::Read(Box::new(surface)),
                Err(reason) => Answer::Unread(reason),
            },
            Err(reason) => Answer::Unread(reason),
        },
        Order::Compile { unit, code } => {
            let error = match job(texts, unit) {
                Ok(job) => unit::compile(index, &job, code),
                Err(reason) => Some(reason),
            };
            Answer::Compiled(error)
        }
        Order::Start { .. } => Answer::Unread("started twice".to_owned()),
    }
}

fn job<'a>(texts: &'a HashMap<Id, Text>, parts: &'a Parts) -> Result<Job<'a>, String> {
    let target =
        target::by_name(&parts.target).ok_or_else(|| format!("{} is no target", parts.target))?;
    let files = parts
        .files
        .iter()
        .map(|(path, id)| Some((path.as_str(), texts.get(id)?)))
        .collect::<Option<Vec<_>>>()
        .ok_or("a text was not sent")?;
    Ok(Job {
        target,
        header: &parts.header,
        through: &parts.through,
        files,
    })
}
