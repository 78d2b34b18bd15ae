//! Made-up mails of a thread, for tests that need many.

/// One mail.
#[derive(Clone)]
pub struct Letter {
    id: String,
    subject: String,
    from: String,
    /// Of November 2025.
    day: u32,
    answers: Option<String>,
    text: String,
}

/// Who sends patches.
pub const AUTHOR: &str = "A B <a@example.org>";

impl Letter {
    /// A mail of the author.
    pub fn new(id: &str, subject: &str, text: &str) -> Self {
        Self {
            id: id.to_owned(),
            subject: subject.to_owned(),
            from: AUTHOR.to_owned(),
            day: 1,
            answers: None,
            text: text.to_owned(),
        }
    }

    /// A patch that adds a file with a line in it.
    pub fn patch(id: &str, subject: &str, file: &str, line: &str) -> Self {
        let text = format!(
            "It adds {file}.\n\nSigned-off-by: {AUTHOR}\n---\n {file} | 1 +\n 1 file changed, 1 insertion(+)\n\n\
             diff --git a/{file} b/{file}\nnew file mode 100644\n--- /dev/null\n+++ b/{file}\n\
             @@ -0,0 +1 @@\n+{line}\n-- \n2.47.3\n"
        );
        Self::new(id, subject, &text)
    }

    /// The cover of a series.
    pub fn cover(id: &str, subject: &str) -> Self {
        let text = "What it is for.\n\n f | 1 +\n 1 file changed, 1 insertion(+)\n\n-- \n2.47.3\n";
        Self::new(id, subject, text)
    }

    pub fn from(mut self, from: &str) -> Self {
        self.from = from.to_owned();
        self
    }

    pub fn on(mut self, day: u32) -> Self {
        self.day = day;
        self
    }

    pub fn to(mut self, id: &str) -> Self {
        self.answers = Some(id.to_owned());
        self
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let Self {
            id,
            subject,
            from,
            day,
            text,
            ..
        } = self;
        let answers = self.answers.as_ref().map_or(String::new(), |other| {
            format!("In-Reply-To: <{other}@example.org>\nReferences: <{other}@example.org>\n")
        });
        format!(
            "From: {from}\nSubject: {subject}\nMessage-ID: <{id}@example.org>\nDate: {day} Nov 2025 10:20:30 +0100\n\
             {answers}Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n{text}"
        )
        .into_bytes()
    }
}

/// An mboxrd of some mails.
pub fn mbox(letters: &[Letter]) -> Vec<u8> {
    let mut file = Vec::new();
    for letter in letters {
        file.extend_from_slice(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n");
        file.extend(letter.bytes());
        file.push(b'\n');
    }
    file
}
