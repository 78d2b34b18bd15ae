//! The child process: takes texts and orders from its parent, parses, answers. Ends with its parent.
//!
//! Everything hostile happens here: headers come from patches that nobody has reviewed, and libclang
//! can be made to read files, to run out of memory and to crash. So `sandbox` takes everything
//! from it that parsing does not need, and [`super::pool`] watches the clock.

use super::clang;
use super::data_model;
use super::parser::Parser;
use super::target::{self, Target};
use super::text::Text;
use super::unit::{self, Evaluate, Form, Job};
use super::wire::{self, Answer, Greeting, Id, Incoming, Order, Parts};
use super::{library, sandbox, trial};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::process::ExitCode;

/// Stack of the thread that parses, in bytes: deep nesting in a header must not exhaust it early.
const STACK_BYTES: usize = 64 << 20;

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
    sandbox::limit(memory_bytes)?;
    let banner = match clang::load() {
        Ok(banner) => banner,
        Err(reason) => return wire::send_answer(&mut stdout, &Answer::Ready(Err(reason))),
    };
    if library::major(&banner) < library::OLDEST {
        // The parent will refuse it; what it lacks must not be called.
        let ready = Greeting {
            banner,
            ..Greeting::default()
        };
        return wire::send_answer(&mut stdout, &Answer::Ready(Ok(ready)));
    }
    let parser = Parser::new();
    warm_up(&parser);
    let sandbox = sandbox::enter();
    let ready = Greeting { banner, sandbox };
    wire::send_answer(&mut stdout, &Answer::Ready(Ok(ready)))?;
    let mut texts: HashMap<Id, Text> = HashMap::new();
    while let Some(incoming) = wire::receive(&mut stdin)? {
        match incoming {
            Incoming::Text(id, text) => {
                texts.insert(id, Text::new(text));
            }
            Incoming::Order(order) => {
                wire::send_answer(&mut stdout, &answer(&parser, &texts, &order))?;
            }
        }
    }
    Ok(())
}

/// Has libclang parse something harmless, so that it opens now whatever it opens at first use.
fn warm_up(parser: &Parser) {
    let job = Job {
        target: &target::ALL[0],
        header: "",
        through: "",
        files: Vec::new(),
    };
    let form = Form {
        prelude_first: false,
        language: unit::GNU11,
        record: false,
    };
    // Whether it parses shows when the first header comes.
    let _ = parser.parse(&job, &form, "int nothing;\n");
}

fn answer(parser: &Parser, texts: &HashMap<Id, Text>, order: &Order) -> Answer {
    match order {
        Order::Read {
            unit,
            languages,
            evaluate,
        } => {
            let evaluate = match evaluate {
                true => Evaluate::Together,
                false => Evaluate::Nothing,
            };
            let read = |job| unit::read(parser, &job, evaluate, *languages);
            job(texts, unit)
                .and_then(read)
                .map_or_else(Answer::Unread, Answer::Read)
        }
        Order::Compile { unit, codes } => {
            let tried = job(texts, unit).and_then(|job| trial::compile(parser, &job, codes));
            tried.map_or_else(Answer::Unread, Answer::Compiled)
        }
        Order::Measure { target } => {
            let measured = known(target).and_then(|target| data_model::measure(parser, target));
            measured.map_or_else(Answer::Unread, |model| Answer::Measured(Box::new(model)))
        }
        Order::Start { .. } => Answer::Unread("started twice".to_owned()),
    }
}

fn known(target: &str) -> Result<&'static Target, String> {
    target::by_name(target).ok_or_else(|| format!("{target} is no target"))
}

fn job<'a>(texts: &'a HashMap<Id, Text>, parts: &'a Parts) -> Result<Job<'a>, String> {
    let target = known(&parts.target)?;
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
