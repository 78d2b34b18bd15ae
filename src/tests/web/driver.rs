//! A headless Chromium, driven by the W3C WebDriver protocol that chromedriver speaks.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A browser, which ends with the test.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    client: reqwest::Client,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser ends with its session; with its driver alone it would stay.
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let path = self.session.split_once("/session").map_or("", |(_, id)| id);
            let request = format!(
                "DELETE /session{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.write_all(request.as_bytes());
            // It answers when the browser is gone, and keeps the connection.
            let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
            let _ = stream.read(&mut [0; 512]);
        }
        let _ = rustix::process::kill_process(
            rustix::process::Pid::from_child(&self.driver),
            rustix::process::Signal::TERM,
        );
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// Starts one; `dark` is what its user likes.
    pub async fn start(dark: bool) -> Self {
        let missing = "chromedriver is missing: run deploy/dev/setup.sh test";
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect(missing);
        let port = port(&mut driver);
        let profile = tempfile::tempdir().expect("the system has room");
        let client = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let mut arguments: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let mut own = Self {
            driver,
            port,
            session: format!("http://127.0.0.1:{port}/session"),
            client,
            _profile: profile,
        };
        let made = own.post("", &wanted).await;
        let id = made["sessionId"]
            .as_str()
            .unwrap_or_else(|| panic!("no browser: {made}"));
        own.session = format!("{}/{id}", own.session);
        let scheme = if dark { "dark" } else { "light" };
        let liked = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        own.command("Emulation.setEmulatedMedia", &json!({ "features": liked }))
            .await;
        own
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let address = format!("{}{path}", self.session);
        let answer = self.client.post(&address).json(body).send().await;
        let answer: Value = answer.expect("it answers").json().await.expect("JSON");
        answer["value"].clone()
    }

    /// Goes to an address.
    pub async fn open(&self, address: &str) {
        let gone = self.post("/url", &json!({ "url": address })).await;
        assert_eq!(gone, Value::Null, "{address}");
    }

    /// Makes the window so large, in pixels.
    pub async fn size(&self, width: u32, height: u32) {
        // The window of a headless browser can't be narrower than 500 pixels; what a page sees can.
        let seen =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.command("Emulation.setDeviceMetricsOverride", &seen)
            .await;
    }

    /// A command of the protocol behind the driver.
    async fn command(&self, name: &str, parameters: &Value) {
        let command = json!({"cmd": name, "params": parameters});
        let done = self.post("/goog/cdp/execute", &command).await;
        assert!(done["error"].is_null(), "{name}: {done}");
    }

    /// What a script returns.
    pub async fn script(&self, script: &str) -> Value {
        let asked = json!({"script": script, "args": []});
        let value = self.post("/execute/sync", &asked).await;
        assert!(value.get("error").is_none(), "{script}: {value}");
        value
    }

    /// Presses keys; `\u{e004}` is Tab and `\u{e007}` Enter, as the protocol has them.
    pub async fn keys(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                [
                    json!({"type": "keyDown", "value": key}),
                    json!({"type": "keyUp", "value": key}),
                ]
            })
            .collect();
        let all = json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]});
        let done = self.post("/actions", &all).await;
        assert_eq!(done, Value::Null);
    }

    /// Everything that the console got since the last time: mistakes of scripts, and what the policy forbade.
    pub async fn console(&self) -> Vec<Value> {
        let log = self.post("/se/log", &json!({"type": "browser"})).await;
        log.as_array()
            .cloned()
            .unwrap_or_else(|| panic!("no log: {log}"))
    }

    /// Keeps a picture under target/ for whoever wants to look.
    pub async fn picture(&self, name: &str) {
        let address = format!("{}/screenshot", self.session);
        let answer = self.client.get(&address).send().await;
        let answer: Value = answer.expect("it answers").json().await.expect("JSON");
        let picture = answer["value"].as_str().expect("a picture");
        use base64::Engine;
        let bytes = base64::engine::general_purpose::STANDARD.decode(picture);
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
        std::fs::create_dir_all(&folder).expect("it is ours");
        let path = folder.join(format!("{name}.png"));
        std::fs::write(path, bytes.expect("base64")).expect("it is ours");
    }
}

/// The port that chromedriver chose.
fn port(driver: &mut Child) -> u16 {
    let said = driver.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(said).lines();
    loop {
        let line = lines.next().expect("it says its port").expect("a text");
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            // Nobody reads the rest, and it must not wait for that.
            std::thread::spawn(move || lines.for_each(drop));
            return port.trim_end_matches('.').parse().expect("a number");
        }
    }
}
