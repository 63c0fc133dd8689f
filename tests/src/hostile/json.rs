//! JSON as it stands in a text: members in their order and as often as they come, numbers and strings as they are
//! written.

use std::fmt::{self, Write};

/// One value.
#[derive(Clone, Debug)]
pub(super) enum Json {
    /// A string, a number or a word, as it is written.
    Leaf(String),
    List(Vec<Json>),
    /// Names stand here with their quotes.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a text that is known to be JSON.
    pub(super) fn read(text: &str) -> Self {
        let mut rest = text;
        value(&mut rest)
    }

    /// How many values there are in it, itself among them.
    pub(super) fn count(&self) -> usize {
        let inside: usize = match self {
            Self::Leaf(_) => 0,
            Self::List(items) => items.iter().map(Self::count).sum(),
            Self::Object(members) => members.iter().map(|(_, value)| value.count()).sum(),
        };
        inside + 1
    }

    /// One of these values, counted from itself on.
    pub(super) fn nth(&mut self, index: usize) -> Option<&mut Self> {
        let mut left = index;
        self.find(&mut left)
    }

    fn find(&mut self, left: &mut usize) -> Option<&mut Self> {
        if *left == 0 {
            return Some(self);
        }
        *left -= 1;
        match self {
            Self::Leaf(_) => None,
            Self::List(items) => items.iter_mut().find_map(|item| item.find(left)),
            Self::Object(members) => members.iter_mut().find_map(|(_, value)| value.find(left)),
        }
    }

    /// Writes it with these blanks before every token.
    pub(super) fn write(&self, blanks: &str) -> String {
        let mut text = String::new();
        self.write_to(&mut text, blanks)
            .expect("a string takes everything");
        text + blanks
    }

    fn write_to(&self, text: &mut String, blanks: &str) -> fmt::Result {
        match self {
            Self::Leaf(leaf) => write!(text, "{blanks}{leaf}"),
            Self::List(items) => {
                write!(text, "{blanks}[")?;
                for (index, item) in items.iter().enumerate() {
                    separate(text, blanks, index)?;
                    item.write_to(text, blanks)?;
                }
                write!(text, "{blanks}]")
            }
            Self::Object(members) => {
                write!(text, "{blanks}{{")?;
                for (index, (name, value)) in members.iter().enumerate() {
                    separate(text, blanks, index)?;
                    write!(text, "{blanks}{name}{blanks}:")?;
                    value.write_to(text, blanks)?;
                }
                write!(text, "{blanks}}}")
            }
        }
    }
}

fn separate(text: &mut String, blanks: &str, index: usize) -> fmt::Result {
    if index > 0 {
        write!(text, "{blanks},")?;
    }
    Ok(())
}

fn value(rest: &mut &str) -> Json {
    match rest.trim_start().chars().next() {
        Some('[') => Json::List(elements(rest, ']', value)),
        Some('{') => Json::Object(elements(rest, '}', |rest| {
            let name = leaf(rest);
            symbol(rest, ':');
            (name, value(rest))
        })),
        _ => Json::Leaf(leaf(rest)),
    }
}

fn elements<T>(rest: &mut &str, close: char, element: impl Fn(&mut &str) -> T) -> Vec<T> {
    let mut found = Vec::new();
    *rest = &rest.trim_start()[1..];
    while !symbol(rest, close) {
        symbol(rest, ',');
        found.push(element(rest));
    }
    found
}

fn symbol(rest: &mut &str, wanted: char) -> bool {
    let found = rest.trim_start().strip_prefix(wanted);
    *rest = found.unwrap_or(rest);
    found.is_some()
}

fn leaf(rest: &mut &str) -> String {
    let text = rest.trim_start();
    let size = if text.starts_with('"') {
        let mut escaped = true;
        let end = text.find(|symbol| {
            let ends = symbol == '"' && !escaped;
            escaped = symbol == '\\' && !escaped;
            ends
        });
        end.map_or(text.len(), |end| end + 1)
    } else {
        let end = |symbol: char| matches!(symbol, ',' | ']' | '}') || symbol.is_whitespace();
        text.find(end).unwrap_or(text.len())
    };
    let (leaf, left) = text.split_at(size);
    *rest = left;
    leaf.to_owned()
}
