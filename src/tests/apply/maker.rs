//! Makes up files, and changes to them: what a series does, and what others do to its base meanwhile.
//!
//! The same number gives the same files and changes.

use std::collections::BTreeMap;

/// A file: whether it can be run, and what is in it.
pub type File = (bool, Vec<u8>);
/// Files by name.
pub type Files = BTreeMap<String, File>;

/// Few words, so that the same lines stand in many places.
const WORDS: [&str; 12] = [
    "",
    "{",
    "}",
    "\tint a;",
    "\tint b;",
    "\treturn 0;",
    "/* one */",
    "#define X 1",
    "struct s {",
    "};",
    "-- ",
    "  @@ -1,2 +1,2 @@",
];
const NAMES: [&str; 10] = [
    "a.c",
    "b.h",
    "dir/a.c",
    "dir/b.c",
    "dir/sub/c.h",
    "dir/sub/d",
    "e f.h",
    "\u{e4}.txt",
    "q\"t\tx",
    "z",
];

/// Makes up changes.
pub struct Maker {
    state: u64,
}

impl Maker {
    /// The maker of one number.
    pub fn new(number: u64) -> Self {
        let state = number.wrapping_add(77).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut maker = Self { state };
        for _ in 0..4 {
            maker.below(2);
        }
        maker
    }

    /// A number below `limit` (xorshift64).
    pub fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 20).expect("44 bits") % limit
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn line(&mut self) -> String {
        match self.once_in(3) {
            true => format!("\tcall({});", self.below(1000)),
            false => WORDS[self.below(WORDS.len())].to_owned(),
        }
    }

    fn name(&mut self) -> String {
        match self.once_in(4) {
            true => format!("dir/n{}.c", self.below(20)),
            false => NAMES[self.below(NAMES.len())].to_owned(),
        }
    }

    fn text(&mut self) -> Vec<u8> {
        let count = self.below(60);
        let lines: Vec<String> = (0..count).map(|_| self.line()).collect();
        let mut text = lines.join("\n").into_bytes();
        if count > 0 && !self.once_in(5) {
            text.push(b'\n');
        }
        text
    }

    /// Some files to begin with.
    pub fn files(&mut self) -> Files {
        let mut files = Files::new();
        for _ in 0..3 + self.below(5) {
            let (name, text) = (self.name(), self.text());
            if fits(&files, &name) {
                files.insert(name, (self.once_in(6), text));
            }
        }
        files
    }

    fn some(&mut self, files: &Files) -> Option<String> {
        let at = self.below(files.len().max(1));
        files.keys().nth(at).cloned()
    }

    /// Changes some lines, mostly near each other.
    pub fn edit(&mut self, text: &[u8]) -> Vec<u8> {
        let mut lines: Vec<Vec<u8>> = text
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        for _ in 0..=self.below(3) {
            let at = self.below(lines.len());
            match self.below(4) {
                0 => drop(lines.remove(at)),
                1 => lines[at] = self.line().into_bytes(),
                _ => {
                    let line = self.line();
                    lines.insert(at, line.into_bytes());
                }
            }
            if lines.is_empty() {
                lines.push(Vec::new());
            }
        }
        let mut text = lines.join(&b'\n');
        if self.once_in(12) {
            match text.last() {
                Some(b'\n') => drop(text.pop()),
                _ => text.push(b'\n'),
            }
        }
        text
    }

    /// Does one thing to the files.
    pub fn change(&mut self, files: &mut Files) {
        let Some(name) = self.some(files) else {
            let text = self.text();
            files.insert(self.name(), (false, text));
            return;
        };
        match self.below(12) {
            0 => {
                files.remove(&name);
            }
            1 => {
                let (new, text) = (self.name(), self.text());
                if fits(files, &new) {
                    files.insert(new, (self.once_in(4), text));
                }
            }
            2 => {
                if let Some((runs, _)) = files.get_mut(&name) {
                    *runs = !*runs;
                }
            }
            3 | 4 => self.rename(files, &name),
            5 => {
                let new = format!("{name}-copy");
                let copied = files[&name].clone();
                let text = self.edit(&copied.1);
                if fits(files, &new) {
                    files.insert(new, (copied.0, text));
                }
            }
            6 => {
                // A file becomes a directory.
                let (runs, text) = files.remove(&name).expect("it is there");
                files.insert(format!("{name}/in"), (runs, text));
            }
            _ => {
                let text = self.edit(&files[&name].1);
                files.get_mut(&name).expect("it is there").1 = text;
            }
        }
    }

    fn rename(&mut self, files: &mut Files, name: &str) {
        let (runs, text) = files.remove(name).expect("it is there");
        let text = match self.once_in(2) {
            true => self.edit(&text),
            false => text,
        };
        let new = match self.name() {
            new if fits(files, &new) => new,
            _ => name.to_owned(),
        };
        files.insert(new, (runs, text));
    }
}

/// Whether a file of that name can stand among others.
fn fits(files: &Files, name: &str) -> bool {
    let clash = |other: &String| {
        let below = |one: &str, other: &str| {
            one.strip_prefix(other)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        other == name || below(other, name) || below(name, other)
    };
    !files.keys().any(clash)
}
