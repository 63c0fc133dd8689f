//! An example of the specification as documentation: a test where the crate's name is known, JSON otherwise.

/// The lines of a block of code that shows a value of a union.
pub(super) fn lines(path: Option<&str>, union: &str, wire: &str, json: &str) -> Vec<String> {
    let block = |lines: &[String]| lines.to_vec();
    let Some(path) = path.filter(|_| !json.contains("\"#")) else {
        return block(&[
            String::new(),
            "```json".to_owned(),
            json.to_owned(),
            "```".to_owned(),
        ]);
    };
    block(&[
        String::new(),
        "```".to_owned(),
        format!("# use {path}::{union};"),
        format!("let frame = r#\"{json}\"#;"),
        format!("let read: {union} = serde_json::from_str(frame)?;"),
        format!("assert_eq!(read.name(), {wire:?});"),
        "# Ok::<(), serde_json::Error>(())".to_owned(),
        "```".to_owned(),
    ])
}
