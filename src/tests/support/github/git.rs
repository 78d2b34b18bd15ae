//! Repositories for git, over HTTP: `git http-backend`(1) behind the password that GitHub asks for.

use super::PERSONAL;
use super::faults::said;
use super::routes::Raw;
use super::world::World;
use axum::body::Body;
use axum::http::Response as Answer;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// Where the repository of a path lies, for somebody who may fetch it.
pub fn place(world: &mut World, raw: &Raw) -> Result<PathBuf, Box<Response>> {
    let (path, headers) = (raw.path.as_str(), &raw.headers);
    let authorization = headers.get("authorization").and_then(|it| it.to_str().ok());
    let authorization = authorization.unwrap_or_default().to_owned();
    world.seen.push(super::Seen {
        method: "git".to_owned(),
        path: path.to_owned(),
        template: "",
        body: serde_json::Value::Null,
        authorization: authorization.clone(),
    });
    world.meanwhile(&format!("git {path}"));
    if let Some(fault) = world.fault(&format!("git {path}")) {
        return Err(Box::new(fault.answer()));
    }
    let pair = authorization
        .strip_prefix("Basic ")
        .and_then(|it| STANDARD.decode(it).ok());
    let pair = pair
        .and_then(|it| String::from_utf8(it).ok())
        .unwrap_or_default();
    let token = pair.strip_prefix("x-access-token:").unwrap_or_default();
    if token != PERSONAL && !world.tokens.contains(token) {
        let mut answer = said(401, "Requires authentication");
        let realm = "Basic realm=\"GitHub\"".parse().expect("a field");
        answer.headers_mut().insert("www-authenticate", realm);
        return Err(Box::new(answer));
    }
    let name = path
        .trim_start_matches('/')
        .split(".git/")
        .next()
        .unwrap_or_default();
    let found = world.repositories.get(name).cloned();
    found.ok_or_else(|| Box::new(said(404, "Not Found")))
}

/// Runs the backend (CGI, RFC 3875) for one request.
pub async fn serve(place: PathBuf, raw: &Raw) -> Response {
    let (path, headers, body) = (raw.path.as_str(), &raw.headers, &raw.body);
    let field = |name: &str| {
        headers
            .get(name)
            .and_then(|it| it.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let rest = path.split_once(".git/").map_or("", |(_, rest)| rest);
    let mut child = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", &place)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*")
        .env("PATH_INFO", format!("/{rest}"))
        .env("REQUEST_METHOD", &raw.method)
        .env("QUERY_STRING", &raw.query)
        .env("CONTENT_TYPE", field("content-type"))
        .env("CONTENT_LENGTH", body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", field("content-encoding"))
        .env("GIT_PROTOCOL", field("git-protocol"))
        .env("REMOTE_USER", "x-access-token")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git is there");
    let mut stdin = child.stdin.take().expect("it is piped");
    let body = body.clone();
    let feed = async move {
        // It may not want all of it.
        let _ = stdin.write_all(&body).await;
    };
    let (output, ()) = tokio::join!(child.wait_with_output(), feed);
    cgi(&output.expect("it ends").stdout)
}

/// The answer of a program that speaks CGI.
fn cgi(output: &[u8]) -> Response {
    let end = output
        .windows(4)
        .position(|it| it == b"\r\n\r\n")
        .expect("it has a header");
    let head = String::from_utf8_lossy(&output[..end]);
    let mut answer = Answer::builder();
    for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
        answer = match name {
            "Status" => answer.status(value[..3].parse::<u16>().expect("a status")),
            _ => answer.header(name, value),
        };
    }
    answer
        .body(Body::from(output[end + 4..].to_vec()))
        .expect("an answer")
}
