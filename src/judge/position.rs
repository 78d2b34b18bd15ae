//! On which lines the entries of a rule file and their keys stand.
//!
//! The YAML parser gives lines for its own errors only; ours (an unknown fact, say) come after it.
//! Rule files are lists in block style, so that the first column that holds a `-` finds the entries.

/// Lines of one entry, counted from 1.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    first: usize,
    keys: Vec<(String, usize)>,
}

impl Lines {
    /// Lines of every entry of a text that holds `count` of them. Where the text is not in block
    /// style, every entry stands at line 1.
    pub(super) fn of_entries(text: &str, count: usize) -> Vec<Self> {
        let mut entries: Vec<Self> = Vec::new();
        let mut dash = None;
        for (index, line) in text.lines().enumerate() {
            let content = line.trim_start();
            let indent = line.len() - content.len();
            let column = match content.strip_prefix("- ") {
                Some(key) if *dash.get_or_insert(indent) == indent => {
                    entries.push(Self {
                        first: index + 1,
                        keys: Vec::new(),
                    });
                    line.len() - key.trim_start().len()
                }
                _ => indent,
            };
            if let (Some(entry), Some(dash)) = (entries.last_mut(), dash)
                && column == dash + 2
                && let Some((key, _)) = line[column..].split_once(':')
            {
                entry.keys.push((key.to_owned(), index + 1));
            }
        }
        if entries.len() == count {
            return entries;
        }
        vec![
            Self {
                first: 1,
                keys: Vec::new()
            };
            count
        ]
    }

    /// Line of a key, or the entry's first where it has no such key.
    pub(super) fn of(&self, key: &str) -> usize {
        let found = self.keys.iter().find(|(known, _)| known == key);
        found.map_or(self.first, |(_, line)| *line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_keys_are_found() {
        let text = "# head\n- id: a\n  on: x\n  why: |\n    - id: no entry\n    on: no key\n\n- on: y\n  id: b\n";
        let lines = Lines::of_entries(text, 2);
        assert_eq!(
            (lines[0].of("id"), lines[0].of("on"), lines[0].of("if")),
            (2, 3, 2)
        );
        assert_eq!((lines[1].of("id"), lines[1].of("on")), (9, 8));
    }

    #[test]
    fn indented_and_flow_lists_do_no_harm() {
        let lines = Lines::of_entries("  - id: a\n    on: x\n  - id: é\n", 2);
        assert_eq!((lines[0].of("on"), lines[1].of("id")), (2, 3));
        assert_eq!(Lines::of_entries("[{id: a}, {id: b}]", 2)[1].of("id"), 1);
    }
}
