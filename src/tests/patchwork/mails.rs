//! Mails as a list sends them to a Patchwork.

use jiff::fmt::rfc2822::DateTimePrinter;
use std::sync::atomic::{AtomicU64, Ordering};

pub const AUTHOR: &str = "A B <a@example.org>";
pub const REVIEWER: &str = "C D <c@example.org>";

static COUNT: AtomicU64 = AtomicU64::new(0);

/// What no other mail has in its Message-ID, wherever it is sent.
pub fn stamp() -> String {
    let now = jiff::Timestamp::now().as_microsecond();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{now}-{}-{count}", std::process::id())
}

/// A mail to a list.
#[derive(Clone)]
pub struct Mail {
    pub list_id: String,
    pub from: String,
    pub id: String,
    pub subject: String,
    /// Further fields, each a line.
    pub fields: String,
    pub text: String,
}

impl Mail {
    pub fn new(list_id: &str, id: &str, subject: &str, text: &str) -> Self {
        Self {
            list_id: list_id.to_owned(),
            from: AUTHOR.to_owned(),
            id: id.to_owned(),
            subject: subject.to_owned(),
            fields: String::new(),
            text: text.to_owned(),
        }
    }

    pub fn from(mut self, from: &str) -> Self {
        self.from = from.to_owned();
        self
    }

    /// As an answer to another mail.
    pub fn to(self, id: &str) -> Self {
        let fields = format!("In-Reply-To: <{id}@example.org>\nReferences: <{id}@example.org>\n");
        self.with(&fields)
    }

    pub fn with(mut self, fields: &str) -> Self {
        self.fields.push_str(fields);
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let Self {
            list_id,
            from,
            id,
            subject,
            fields,
            text,
        } = self;
        let now = jiff::Timestamp::now();
        let date = DateTimePrinter::new().timestamp_to_string(&now);
        let date = date.expect("a date");
        let typed = match fields.contains("Content-Type:") {
            true => "",
            false => "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n",
        };
        format!(
            "From: {from}\nTo: list@example.org\nSubject: {subject}\nMessage-ID: <{id}@example.org>\nDate: {date}\n\
             List-Id: A list <{list_id}>\nMIME-Version: 1.0\n{typed}{fields}\n{text}"
        )
        .into_bytes()
    }
}

/// A diff that adds a file.
pub fn diff(file: &str) -> String {
    format!(
        "diff --git a/{file} b/{file}\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ b/{file}\n\
         @@ -0,0 +1,2 @@\n+#define {file} 1\n+#define {file}_2 2\n"
    )
}

/// The text of a patch, as `git format-patch` writes it.
pub fn patch_text(file: &str) -> String {
    format!(
        "It adds {file}: Gr\u{fc}\u{df}e.\n\nSigned-off-by: {AUTHOR}\n---\n {file} | 2 ++\n 1 file changed, \
         2 insertions(+)\n\n{}-- \n2.47.3\n",
        diff(file)
    )
}

/// A series of three patches under a cover, in the order in which they arrive: 3, cover, 1, 2. Its Message-IDs begin
/// with `id`.
pub fn series(list_id: &str, id: &str, version: u32) -> Vec<Mail> {
    let v = match version {
        1 => String::new(),
        other => format!(" v{other}"),
    };
    let of = |number: u32, name: &str| format!("[PATCH net-next{v} {number}/3] {name} of {id}");
    let patch = |number: u32| {
        let file = format!("f{number}");
        let mail = Mail::new(
            list_id,
            &format!("{id}.{number}"),
            &of(number, &file),
            &patch_text(&file),
        );
        mail.to(&format!("{id}.0"))
    };
    let cover_text = "What it is for.\n\nA B (3):\n  f1\n\n f1 | 2 ++\n 3 files changed, 6 insertions(+)\n\n-- \n2.47.3\n";
    let cover = Mail::new(list_id, &format!("{id}.0"), &of(0, "three"), cover_text);
    let third = patch(3).with("X-Twice: one\nX-Twice: two\n");
    let first = Mail {
        // Folded, as Patchwork hands it on.
        subject: of(1, "f1, a title that no server writes into one line").replace(" of ", "\n of "),
        ..patch(1)
    };
    let crlf = base64(patch_text("f2").replace('\n', "\r\n").as_bytes());
    let second = Mail {
        text: crlf,
        ..patch(2)
            .with("Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: base64\n")
    };
    vec![third, cover, first, second]
}

/// Base64 in lines, as in a mail.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (at, chunk) in bytes.chunks(3).enumerate() {
        let byte = |at: usize| u32::from(*chunk.get(at).unwrap_or(&0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
        if at % 19 == 18 {
            text.push('\n');
        }
    }
    text + "\n"
}
