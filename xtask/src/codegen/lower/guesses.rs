//! What had to be guessed, gathered into one line for each sort of guess.

use super::{Lower, Node, schema};

/// How many names one line gives before it only counts.
const NAMED: usize = 8;

#[derive(Default)]
pub(super) struct Guesses(Vec<(&'static str, Vec<String>)>);

impl Guesses {
    pub(super) fn add(&mut self, what: &'static str, place: &str) {
        let index = self.0.iter().position(|(known, _)| *known == what);
        let index = index.unwrap_or_else(|| {
            self.0.push((what, Vec::new()));
            self.0.len() - 1
        });
        let places = &mut self.0[index].1;
        if !places.iter().any(|known| known == place) {
            places.push(place.to_owned());
        }
    }

    /// One line each.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |(what, places): &(&str, Vec<String>)| {
            let shown = places[..places.len().min(NAMED)].join(", ");
            match places.len().saturating_sub(NAMED) {
                0 => format!("{what}: {shown}"),
                more => format!("{what}: {shown} and {more} more"),
            }
        };
        self.0.iter().map(line).collect()
    }
}

impl Lower<'_> {
    pub(super) fn guess_unchecked(&self, node: &Node<'_>, wire: &str) {
        for keyword in schema::UNCHECKED {
            if node.get(keyword).is_some() {
                let place = format!("`{keyword}` of {wire}");
                self.guess("conditions that no type can hold are not checked", &place);
            }
        }
    }

    pub(super) fn guess_width(&self, node: &Node<'_>, wire: &str) {
        match (node.text("format"), schema::unknown_width(node)) {
            (None, _) => self.guess("integers without a format are taken as 64 bits wide", wire),
            (_, Some(_)) => self.guess(
                "integers of a format that names no width are taken as 64 bits wide",
                wire,
            ),
            _ => {}
        }
    }

    pub(super) fn guess_any(&self, node: &Node<'_>, wire: &str) {
        let odd = schema::real_types(node);
        let of_json = |name: &&str| schema::known_type(name).is_some();
        let large = odd == ["integer"] && schema::unknown_width(node).is_some();
        if !odd.iter().all(of_json) {
            self.guess(
                "types that JSON Schema does not have are kept as any JSON",
                wire,
            );
        } else if large {
            self.guess("integers of more than 64 bits are kept as any JSON", wire);
        } else if node.get("enum").is_some() {
            self.guess("enums of several types are kept as any JSON", wire);
        } else if node.value.as_bool() == Some(false) {
            self.guess("`false`, which nothing fits, is kept as any JSON", wire);
        }
    }

    pub(super) fn guess_docs(&self, docs: Option<&String>, wire: &str) {
        if docs.is_none_or(|text| text.trim().is_empty()) {
            self.guess(
                "without a description, so only the name is documented",
                wire,
            );
        }
    }
}
