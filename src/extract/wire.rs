//! What parent and worker say to each other: length-prefixed frames on the worker's stdin and stdout.
//!
//! The first byte of a frame to a worker tells a header's raw text (sent once, then named by its id)
//! from a message. Knows neither libclang nor processes: [`super::pool`] is the one end,
//! [`super::worker`] the other.

use super::data_model::DataModel;
use super::request::Languages;
use super::sandbox::Sandbox;
use super::sharing::Sharing;
use crate::model::Header;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};

/// Longest frame either side accepts, in bytes.
const LONGEST: usize = 1 << 30;

/// First byte of a worker's frame that is a surface.
const SURFACE: u8 = 0;

/// First byte of a worker's other frames.
const OTHER: u8 = 1;

/// Hash of a text, as [`crate::tree::TextId`] has it.
pub type Id = [u8; 16];

/// A message to a worker.
#[derive(Debug, Serialize, Deserialize)]
pub enum Order {
    /// Comes first: limits to put on itself.
    Start {
        /// Address space in bytes.
        memory_bytes: u64,
    },
    /// A header to read.
    Read {
        /// What the unit is made of.
        unit: Parts,
        /// Whether to try other languages too.
        languages: Languages,
        /// Whether to evaluate macros.
        evaluate: bool,
    },
    /// A piece of code to try behind a header.
    Compile {
        /// What the unit is made of.
        unit: Parts,
        /// The code.
        codes: Vec<String>,
    },
    /// The data model of a target to measure.
    Measure {
        /// Name of the target.
        target: String,
    },
}

/// What a unit is made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parts {
    /// Name of the target.
    pub target: String,
    /// Installed path of the header.
    pub header: String,
    /// Installed path of the header that the unit includes to see it.
    pub through: String,
    /// Installed path and text of each file of its closure; the texts were sent before.
    pub files: Vec<(String, Id)>,
}

/// What a worker says of itself when it is ready.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Greeting {
    /// What libclang says of itself.
    pub banner: String,
    /// What keeps the worker away from everything but its pipes.
    pub sandbox: Sandbox,
}

/// A message from a worker.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// After [`Order::Start`], or why libclang can't be loaded.
    Ready(Result<Greeting, String>),
    /// After [`Order::Read`].
    Read(Header),
    /// Where nothing could be read or tried.
    Unread(String),
    /// After [`Order::Compile`]: the first error of each piece, if any.
    Compiled(Vec<Option<String>>),
    /// After [`Order::Measure`].
    Measured(Box<DataModel>),
}

/// What a worker is handed.
#[derive(Debug)]
pub enum Incoming {
    /// The text of an id.
    Text(Id, Vec<u8>),
    /// A message.
    Order(Order),
}

fn invalid(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// Sends a text.
///
/// # Errors
/// As the writer.
pub fn send_text(to: &mut impl Write, id: &Id, text: &[u8]) -> io::Result<()> {
    write_length(to, 1 + id.len() + text.len())?;
    to.write_all(&[0])?;
    to.write_all(id)?;
    to.write_all(text)
}

/// Sends a message to a worker.
///
/// # Errors
/// As the writer.
pub fn send_order(to: &mut impl Write, order: &Order) -> io::Result<()> {
    let body = postcard::to_stdvec(order).map_err(invalid)?;
    write_length(to, 1 + body.len())?;
    to.write_all(&[1])?;
    to.write_all(&body)?;
    to.flush()
}

/// Receives a text or message; `None` at the end of input.
///
/// # Errors
/// As the reader, or `InvalidData`.
pub fn receive(from: &mut impl Read) -> io::Result<Option<Incoming>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let body = read_body(from, length)?;
    match body.split_first() {
        Some((0, rest)) => {
            let (id, text) = rest
                .split_first_chunk::<16>()
                .ok_or_else(|| invalid("short text frame"))?;
            Ok(Some(Incoming::Text(*id, text.to_vec())))
        }
        Some((1, rest)) => Ok(Some(Incoming::Order(decode(rest)?))),
        _ => Err(invalid("unknown frame")),
    }
}

/// Sends a worker's answer.
///
/// # Errors
/// As the writer.
pub fn send_answer(to: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let (kind, body) = match answer {
        Answer::Read(header) => (SURFACE, postcard::to_stdvec(header)),
        other => (OTHER, postcard::to_stdvec(other)),
    };
    let body = body.map_err(invalid)?;
    write_length(to, 1 + body.len())?;
    to.write_all(&[kind])?;
    to.write_all(&body)?;
    to.flush()
}

/// Receives a worker's answer.
///
/// # Errors
/// As the reader, or `InvalidData`.
pub fn receive_answer(from: &mut impl Read, sharing: &Sharing) -> io::Result<Answer> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let body = read_body(from, length)?;
    match body.split_first() {
        Some((&SURFACE, rest)) => sharing.header(rest).map(Answer::Read).map_err(invalid),
        Some((_, rest)) => decode(rest),
        None => Err(invalid("empty frame")),
    }
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> io::Result<T> {
    postcard::from_bytes(body).map_err(invalid)
}

fn write_length(to: &mut impl Write, length: usize) -> io::Result<()> {
    if length > LONGEST {
        return Err(invalid("frame too long"));
    }
    // LONGEST fits in 32 bits.
    to.write_all(&(length as u32).to_le_bytes())
}

fn read_body(from: &mut impl Read, length: [u8; 4]) -> io::Result<Vec<u8>> {
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST {
        return Err(invalid("frame too long"));
    }
    let mut body = Vec::new();
    from.take(length as u64).read_to_end(&mut body)?;
    if body.len() == length {
        Ok(body)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}
