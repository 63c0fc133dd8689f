//! How a reader knows a variant, and whether it still does.

use crate::codegen::model::{Fixed, Marks, Tagging, Union};

/// What a variant is known by: its name as a key or as a bare string, or what is in it.
#[derive(Clone, Copy)]
pub(super) enum Recognised<'m> {
    ByName,
    ByMarks(&'m [Marks]),
}

/// What each variant of a union is known by, in their order.
pub(super) fn of(union: &Union) -> Vec<Recognised<'_>> {
    match &union.tagging {
        Tagging::External => vec![Recognised::ByName; union.variants.len()],
        Tagging::Shaped { marks, .. } => {
            let marks = marks.iter().map(Vec::as_slice);
            marks.map(Recognised::ByMarks).collect()
        }
    }
}

impl Recognised<'_> {
    /// What is known otherwise now, in words. Another choice among marks that both have changes nothing on the wire.
    pub(super) fn changed(self, new: Self) -> Option<String> {
        match (self, new) {
            (Self::ByName, Self::ByName) => None,
            (Self::ByName, Self::ByMarks(_)) => {
                Some("recognised by what is in it; by its name before".to_owned())
            }
            (Self::ByMarks(_), Self::ByName) => {
                Some("recognised by its name; by what is in it before".to_owned())
            }
            (Self::ByMarks(old), Self::ByMarks(new)) => old
                .iter()
                .flat_map(|marks| &marks.fixed)
                .find_map(|mark| other_values(old, new, &mark.path)),
        }
    }
}

/// The values at a path, if none of them was there before.
fn other_values(old: &[Marks], new: &[Marks], path: &[String]) -> Option<String> {
    let (was, is) = (values(old, path)?, values(new, path)?);
    let disjoint = was.iter().all(|value| !is.contains(value));
    disjoint.then(|| {
        let path = path.join(".");
        format!(
            "recognised by {path}: {}; {} before",
            spelled(&is),
            spelled(&was)
        )
    })
}

/// All values that the forms of a variant have at a path, if each has some.
fn values<'m>(forms: &'m [Marks], path: &[String]) -> Option<Vec<&'m Fixed>> {
    let mut found = Vec::new();
    for form in forms {
        let mark = form.fixed.iter().find(|mark| mark.path == path)?;
        found.extend(&mark.values);
    }
    Some(found)
}

fn spelled(values: &[&Fixed]) -> String {
    let values = values.iter().map(|value| match value {
        Fixed::Text(text) => format!("{text:?}"),
        Fixed::Number(text) => text.clone(),
        Fixed::Bool(flag) => flag.to_string(),
        Fixed::Null => "null".to_owned(),
    });
    values.collect::<Vec<_>>().join(" or ")
}
