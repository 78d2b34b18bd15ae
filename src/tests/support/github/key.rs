//! The key of the App: a new one for each run of the tests, so that none lies about.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::sync::OnceLock;

/// Bytes that PKCS #8 (RFC 5208) has before a key of this size: version, kind, and the head of what follows.
const HEAD: usize = 26;

struct Pair {
    private: String,
    public: Vec<u8>,
}

fn pair() -> &'static Pair {
    static PAIR: OnceLock<Pair> = OnceLock::new();
    PAIR.get_or_init(|| {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("the system has random numbers");
        let whole: Pkcs8V1Der<'_> = pair.as_der().expect("it has a form");
        // As GitHub gives it out: the key alone, in PKCS #1 (RFC 8017), which begins as a sequence does.
        let inner = &whole.as_ref()[HEAD..];
        assert_eq!(inner[..2], [0x30, 0x82], "the head is as long as it was");
        let text = STANDARD.encode(inner);
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).expect("base64 is ASCII"))
            .collect();
        Pair {
            private: format!(
                "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n",
                lines.join("\n")
            ),
            public: pair.public_key().as_ref().to_vec(),
        }
    })
}

/// The private key, in PEM.
pub fn key() -> &'static str {
    &pair().private
}

/// The public key that belongs to it: PKCS #1 in DER.
pub fn public() -> &'static [u8] {
    &pair().public
}
