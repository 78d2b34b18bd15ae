//! `uapi-check follow`, the built program: mails come into a maildir, answers go out as `.eml` files.

mod follower;
mod maildir;

use follower::{Follower, Letters};
