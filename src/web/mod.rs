//! What is served over HTTP: webhooks in, pages and an API out.
//!
//! | part | does |
//! |---|---|
//! | `server`, `listen` | routes, and the bounds of requests and connections |
//! | `guard`, `tokens`, `bodies` | what browsers are told, who may ask, how much is read |
//! | `hooks` | a delivery becomes jobs |
//! | `pages`, `events`, `badges` | runs and rules for people |
//! | `api` | the same for programs |
//! | `health`, `gauges` | for whoever looks after it |
//!
//! Decides nothing: what comes in becomes a job in the store before it is answered, and what is shown comes out of it.
//! Next: `crate::service`.

mod api;
mod badge;
mod badges;
mod bodies;
mod events;
mod gauges;
mod guard;
mod health;
mod hooks;
mod listen;
mod pages;
mod server;
mod state;
mod tokens;

pub use gauges::sum_up;
pub use listen::serve;
pub use server::app;
pub use state::{Parts, Web};
