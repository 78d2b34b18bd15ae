//! `uapi-check serve`, the built program, as a process of its own: what it answers, what it logs, and its end.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Runtime;

/// A running service; it is killed with this.
pub struct Served {
    child: Child,
    /// Where it is: `http://127.0.0.1:PORT`.
    pub address: String,
    log: Arc<Mutex<String>>,
    client: reqwest::Client,
    runtime: Runtime,
}

/// An answer.
pub struct Heard {
    pub status: u16,
    /// The fields of its header, a line each.
    pub header: String,
    pub body: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        // Where the test ended it, there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    /// Starts it by a command whose configuration lets the system choose the port, and waits until it listens.
    pub fn start(mut command: Command) -> Self {
        let child = command.stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the program runs");
        let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut begun = String::new();
        let address = loop {
            let more = said.read_line(&mut begun).expect("it says something");
            assert!(more > 0, "it ended: {begun}");
            let last = begun.lines().last().unwrap_or_default();
            if let Some((_, address)) = last.split_once("serving on ") {
                break address.trim().to_owned();
            }
        };
        let log = Arc::new(Mutex::new(begun));
        let kept = Arc::clone(&log);
        // Where nobody read the rest, it would wait for that.
        std::thread::spawn(move || {
            let mut line = Vec::new();
            while said.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        Self {
            child,
            address,
            log,
            client: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
            runtime: runtime.expect("a runtime"),
        }
    }

    /// What stands at a path.
    pub fn get(&self, path: &str) -> Heard {
        self.send(self.client.get(format!("{}{path}", self.address)))
    }

    /// What is answered to something that is sent, with these fields in its header.
    pub fn post(&self, path: &str, fields: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Heard {
        let mut sent = self.client.post(format!("{}{path}", self.address));
        for (name, value) in fields {
            sent = sent.header(*name, *value);
        }
        self.send(sent.body(body.into()))
    }

    fn send(&self, request: reqwest::RequestBuilder) -> Heard {
        self.runtime.block_on(async {
            let answer = request.send().await.expect("it answers");
            let status = answer.status().as_u16();
            let header = answer.headers().iter();
            let header = header.map(|(name, value)| format!("{name}: {value:?}\n"));
            Heard {
                status,
                header: header.collect(),
                body: answer.text().await.expect("a text"),
            }
        })
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.clone()
    }

    /// Waits until something is so; fails with the log where it never is.
    pub fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        for _ in 0..1200 {
            if is_so() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{what} never comes: {}", self.log());
    }

    /// Ends it as a service manager does, and gives its exit status.
    pub fn end(&mut self) -> Option<i32> {
        let pid = rustix::process::Pid::from_child(&self.child);
        let told = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        told.expect("it is ours");
        self.child.wait().expect("it ends").code()
    }
}
