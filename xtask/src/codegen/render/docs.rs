//! A description's Markdown as rustdoc may have it: nothing in it is a test, a broken link or HTML.

/// The lines of a description.
pub(super) fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = Vec::new();
    let mut open: Option<Fence> = None;
    for line in text.trim().lines().map(str::trim_end) {
        match (&open, Fence::opened_by(line)) {
            (Some(fence), _) if fence.closed_by(line) => {
                out.push(fence.marks.clone());
                open = None;
            }
            (Some(fence), _) => out.push(fence.inside(line)),
            (None, Some(fence)) => {
                out.push(format!("{}{}", fence.marks, fence.language));
                open = Some(fence);
            }
            (None, None) => out.push(prose(line)),
        }
    }
    out.extend(open.map(|fence| fence.marks));
    out
}

/// A block of code between lines of backticks or tildes.
struct Fence {
    marks: String,
    language: String,
    indent: usize,
}

/// What rustdoc takes for Rust, and so for a test.
const RUST: &[&str] = &[
    "",
    "compile_fail",
    "edition",
    "ignore",
    "no_run",
    "rust",
    "should_panic",
    "standalone",
    "test_harness",
];

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let bare = line.trim_start();
        let mark = bare
            .chars()
            .next()
            .filter(|mark| matches!(mark, '`' | '~'))?;
        let language = bare.trim_start_matches(mark);
        let marks = &bare[..bare.len() - language.len()];
        if marks.len() < 3 || language.contains('`') {
            return None;
        }
        let word = language.split(|symbol: char| !symbol.is_ascii_alphabetic() && symbol != '_');
        let word = word.map(str::to_owned).find(|word| !word.is_empty());
        let language = word.filter(|word| !RUST.contains(&word.as_str()));
        Some(Self {
            marks: marks.to_owned(),
            language: language.unwrap_or_else(|| "text".to_owned()),
            indent: line.len() - bare.len(),
        })
    }

    fn closed_by(&self, line: &str) -> bool {
        let mark = &self.marks[..1];
        let bare = line.trim_start();
        bare.len() >= self.marks.len() && bare.trim_start_matches(mark).is_empty()
    }

    /// The line without the indentation that the fence itself has.
    fn inside(&self, line: &str) -> String {
        let indent = line.len() - line.trim_start().len();
        line.get(self.indent.min(indent)..)
            .unwrap_or(line)
            .to_owned()
    }
}

/// Four spaces would make code of it, and code without a language is a test.
fn prose(line: &str) -> String {
    let bare = line.trim_start();
    let indent = (line.len() - bare.len()).min(2);
    format!("{}{}", " ".repeat(indent), escape(bare))
}

/// Escapes links and HTML outside code spans, and makes bare addresses links.
fn escape(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let inside = out.ends_with(char::is_alphanumeric);
        let whole = match first {
            '\\' => escaped(rest),
            '`' => code(rest),
            '[' => link(rest),
            '<' => autolink(rest),
            _ => 0,
        };
        if whole > 0 {
            out.push_str(&rest[..whole]);
            rest = &rest[whole..];
            continue;
        }
        let address = if inside { "" } else { address(rest) };
        if !address.is_empty() {
            out.extend(["<", address, ">"]);
            rest = &rest[address.len()..];
            continue;
        }
        if matches!(first, '`' | '[' | ']' | '<') {
            out.push('\\');
        }
        out.push(first);
        rest = &rest[first.len_utf8()..];
    }
    out
}

/// The length of an escape that the text has already.
fn escaped(text: &str) -> usize {
    let next = text.chars().nth(1);
    next.filter(char::is_ascii_punctuation).map_or(0, |_| 2)
}

/// The length of a code span: it ends with as many backticks as it begins with, or is none.
fn code(text: &str) -> usize {
    let ticks = run(text);
    let mut at = ticks;
    while let Some(next) = text[at..].find('`') {
        let found = run(&text[at + next..]);
        at += next + found;
        if found == ticks {
            return at;
        }
    }
    0
}

fn run(text: &str) -> usize {
    text.len() - text.trim_start_matches('`').len()
}

/// The length of `[text](address)`; what leads to no address rustdoc would look for in the code.
fn link(text: &str) -> usize {
    let Some((label, target)) = text[1..].split_once("](") else {
        return 0;
    };
    let address = address(target);
    let closed = target[address.len()..].starts_with(')');
    if address.is_empty() || !closed || label.contains(['[', ']', '<']) {
        return 0;
    }
    label.len() + address.len() + 4
}

/// The length of `<address>`.
fn autolink(text: &str) -> usize {
    let Some((inner, _)) = text[1..].split_once('>') else {
        return 0;
    };
    let plain = !inner.contains(|symbol: char| symbol.is_whitespace() || symbol == '<');
    if plain && scheme(inner) {
        inner.len() + 2
    } else {
        0
    }
}

fn scheme(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let letters = scheme.chars().all(|letter| letter.is_ascii_alphanumeric());
    letters && scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && !rest.is_empty()
}

/// The address that the text begins with, without the punctuation of the sentence around it.
fn address(text: &str) -> &str {
    let ends = |symbol: char| symbol.is_whitespace() || "<>\"`,[]{}|\\".contains(symbol);
    let mut address = text.split(ends).next().unwrap_or_default();
    if !scheme(address) {
        return "";
    }
    // A bracket that the address itself does not open closes something around it.
    let mut depth = 0_i32;
    let outer = address.find(|symbol| {
        depth += i32::from(symbol == '(') - i32::from(symbol == ')');
        depth < 0
    });
    address = &address[..outer.unwrap_or(address.len())];
    address.trim_end_matches(['.', ';', ':', '!', '?', '\'', '*'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_hold_no_markup_that_rustdoc_would_warn_of() {
        let cases = [
            ("a Map<K, V> of [ids]", "a Map\\<K, V> of \\[ids\\]"),
            ("`Vec<[u8]>` stays", "`Vec<[u8]>` stays"),
            ("a ` b <T> c", "a \\` b \\<T> c"),
            ("``a ` b`` and `", "``a ` b`` and \\`"),
            ("\\[ids\\] and \\", "\\[ids\\] and \\"),
            ("see [a](Vec)", "see \\[a\\](Vec)"),
        ];
        for (given, wanted) in cases {
            assert_eq!(escape(given), wanted);
        }
    }

    #[test]
    fn addresses_become_links_once() {
        let cases = [
            ("see https://a.org/b.", "see <https://a.org/b>."),
            ("see <https://a.org/b>", "see <https://a.org/b>"),
            (
                "see \"https://a.org/b\" now",
                "see \"<https://a.org/b>\" now",
            ),
            ("[docs](https://a.org/b) now", "[docs](https://a.org/b) now"),
            ("[docs]: https://a.org", "\\[docs\\]: <https://a.org>"),
            ("(https://a.org/b_(c))", "(<https://a.org/b_(c)>)"),
            ("https://a.b,https://c.d", "<https://a.b>,<https://c.d>"),
            ("a :// b", "a :// b"),
        ];
        for (given, wanted) in cases {
            assert_eq!(escape(given), wanted);
        }
    }

    #[test]
    fn code_is_no_test() {
        let text = "a\r\n```\r\n{\"a\": [<T>]}\n```\rb\n\n    c[0]\n~~~rust,no_run\nlet";
        let wanted = [
            "a",
            "```text",
            "{\"a\": [<T>]}",
            "```",
            "b",
            "",
            "  c\\[0\\]",
            "~~~text",
            "let",
            "~~~",
        ];
        assert_eq!(lines(text), wanted);
        let indented = "a\n  ```json\n  {}\n  ```";
        assert_eq!(lines(indented), ["a", "```json", "{}", "```"]);
    }
}
