//! Text that must fit.

/// One line of at most so many characters, the last of them dots where something was cut off.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= longest {
        return line;
    }
    let kept: String = line.chars().take(longest.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A name of at most so many characters, cut in the middle: names differ at both ends.
pub(crate) fn squeezed(name: &str, longest: usize) -> String {
    let count = name.chars().count();
    if count <= longest {
        return name.to_owned();
    }
    let tail = longest / 2;
    let head = longest.saturating_sub(tail + 1);
    let start: String = name.chars().take(head).collect();
    let end: String = name.chars().skip(count - tail).collect();
    format!("{start}…{end}")
}

/// A number and its noun.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_and_short_text_is_not() {
        assert_eq!(shortened("one\n  two", 7), "one two");
        assert_eq!(shortened("one two three", 8), "one two…");
        assert_eq!(squeezed("abcdefghij.yaml", 9), "abcd…yaml");
        assert_eq!(squeezed("a.yaml", 9), "a.yaml");
    }
}
