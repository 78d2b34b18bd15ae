//! Extraction through real worker processes: one test for each way in which a header can mislead.
//! Expected values are facts of C and of the targets' ABIs, or gcc's where one is at hand.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use uapi_check::extract::{
    Compile, Compiled, ExtractError, Extractor, Languages, Options, Outcome, Request, SourceFile,
    target,
};
use uapi_check::model::{
    Build, Constant, ConstantValue, Direction, Flexible, Header, HeaderSurface, Record, RecordKind,
};

mod constants;
mod errors;
mod layouts;
mod workers;

const HEADER: &str = "linux/foo.h";

fn options(deadline: Duration) -> Options {
    Options {
        program: env!("CARGO_BIN_EXE_uapi-check").into(),
        jobs: 1,
        deadline,
        memory_bytes: 4 << 30,
    }
}

fn extractor() -> Extractor {
    Extractor::new(options(Duration::from_secs(60))).expect("libclang is installed")
}

fn files(texts: &[(&str, &str)]) -> Arc<Vec<SourceFile>> {
    let file = |(path, text): &(&str, &str)| SourceFile {
        path: (*path).to_owned(),
        id: *blake3::hash(text.as_bytes())
            .as_bytes()
            .first_chunk()
            .expect("a hash has 32 bytes"),
        text: text.as_bytes().into(),
    };
    Arc::new(texts.iter().map(file).collect())
}

fn request(target: &str, texts: &[(&str, &str)]) -> Request {
    Request {
        target: target::by_name(target).expect("a known target"),
        header: texts[0].0.to_owned(),
        through: texts[0].0.to_owned(),
        files: files(texts),
        languages: Languages::Untried,
    }
}

fn outcome(extractor: &Extractor, request: Request) -> Outcome {
    let mut outcomes = extractor
        .read(vec![request], &|_, _| ())
        .expect("workers run");
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0)
}

fn surface(extractor: &Extractor, request: Request) -> Header {
    match outcome(extractor, request) {
        Outcome::Read(header) => header,
        Outcome::Unread(unread) => panic!("{unread:?}"),
    }
}

fn read(text: &str) -> Header {
    surface(&extractor(), request("x86_64", &[(HEADER, text)]))
}

fn constant<'a>(surface: &'a HeaderSurface, name: &str) -> &'a Constant {
    let found = surface
        .constants
        .iter()
        .find(|constant| constant.name == name);
    found.unwrap_or_else(|| panic!("{name} is not there: {:?}", surface.constants))
}

fn value(surface: &HeaderSurface, name: &str) -> i128 {
    match constant(surface, name).value {
        ConstantValue::Integer(value) => value,
        ref other => panic!("{name}: {other:?}"),
    }
}

fn refusal(surface: &HeaderSurface, name: &str) -> String {
    match &constant(surface, name).value {
        ConstantValue::Unevaluated(reason) => reason.clone(),
        other => panic!("{name}: {other:?}"),
    }
}

fn record<'a>(surface: &'a HeaderSurface, name: &str) -> &'a Record {
    let found = surface.records.iter().find(|record| record.name == name);
    found.unwrap_or_else(|| panic!("{name} is not there: {:?}", surface.records))
}

/// Whether a compiler agrees with assertions about a header; `None` where it is not installed.
fn gcc_agrees(gcc: &str, header: &str, assertions: &str) -> Option<bool> {
    use std::io::Write;
    let mut child = Command::new(gcc)
        .args(["-fsyntax-only", "-std=gnu11", "-w", "-x", "c", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let text = format!("{header}\n{assertions}\n");
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    Some(child.wait().ok()?.success())
}
