//! An example of the specification as documentation: a test where the crate's name is known, JSON otherwise.

/// The lines of a block of code that shows a value of a union.
pub(super) fn lines(path: Option<&str>, union: &str, wire: &str, json: &str) -> Vec<String> {
    let code = match path.filter(|_| !json.contains("\"#")) {
        None => format!("\n```json\n{json}\n```"),
        Some(path) => format!(
            "\n```\n# use {path}::{union};\nlet frame = r#\"{json}\"#;\nlet read: {union} = \
             serde_json::from_str(frame)?;\nassert_eq!(read.name(), {wire:?});\n# Ok::<(), \
             serde_json::Error>(())\n```"
        ),
    };
    code.lines().map(str::to_owned).collect()
}
