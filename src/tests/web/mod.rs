//! What is served over HTTP: by the router alone, over a socket, and in a browser.

mod api;
mod browser;
mod deliveries;
mod driver;
mod house;
mod pages;
mod program;
mod socket;
mod uploads;
mod worker;

pub use house::{House, SECRET, TOKEN, report, signed};
