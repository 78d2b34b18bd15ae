//! SARIF goes to code scanning: packed, and as base64, as GitHub takes it.

use super::client::Client;
use super::error::Error;
use super::names::{Repository, is_commit};
use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::io::Write;

/// Bytes of a packed SARIF file at most, as GitHub takes it.
const LIMIT: usize = 10 << 20;

/// A SARIF file, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SarifUpload {
    /// The commit, in hex.
    pub commit: String,
    /// Where it was found: `refs/pull/12/head`, `refs/heads/main`.
    pub reference: String,
    /// The file.
    pub sarif: String,
}

#[derive(Serialize)]
struct Request<'s> {
    commit_sha: &'s str,
    #[serde(rename = "ref")]
    reference: &'s str,
    sarif: String,
    tool_name: &'static str,
}

#[derive(Deserialize)]
struct Taken {
    #[serde(default)]
    id: Option<String>,
}

impl Client {
    /// Uploads a SARIF file and gives the id of the upload, where GitHub gives one. Uploading it again replaces it.
    ///
    /// # Errors
    ///
    /// Where it is too large, or GitHub refuses (code scanning may be off) or can't be asked.
    pub async fn upload_sarif(
        &self,
        repository: &Repository,
        upload: &SarifUpload,
    ) -> Result<Option<String>, Error> {
        let route = format!("/repos/{repository}/code-scanning/sarifs");
        let reference = &upload.reference;
        if !is_commit(&upload.commit) || !reference.starts_with("refs/") {
            return Err(Error::garbled(
                &route,
                "its commit or its reference is none",
            ));
        }
        let packed = packed(&upload.sarif);
        let packed =
            packed.map_err(|error| Error::Ours(format!("SARIF can't be packed: {error}")))?;
        if packed.len() > LIMIT {
            let why = format!("it has more than {LIMIT} bytes, packed");
            return Err(Error::garbled(&route, why));
        }
        let request = Request {
            commit_sha: &upload.commit,
            reference,
            sarif: STANDARD.encode(packed),
            tool_name: "uapi-check",
        };
        let taken: Taken = self
            .send(repository, Method::POST, &route, &request)
            .await?;
        Ok(taken.id)
    }
}

fn packed(text: &str) -> std::io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes())?;
    packer.finish()
}
