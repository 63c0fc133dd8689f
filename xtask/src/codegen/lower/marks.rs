//! What values look like in JSON, by their schemas.

use serde_yaml::Value;

use super::{CodegenError, Node, schema};
use crate::codegen::model::{Fixed, FixedMark, Marks, Member};
use crate::codegen::schema::{Form, Peeled};

/// The kinds of JSON, as generated code counts them.
pub(crate) const KINDS: &[(&str, u8)] = &[
    ("NULL", 1),
    ("BOOL", 2),
    ("INTEGER", 4),
    ("NUMBER", 12),
    ("STRING", 16),
    ("ARRAY", 32),
    ("OBJECT", 64),
];
const NULL: u8 = 1;
const BOOL: u8 = 2;
const INTEGER: u8 = 4;
const NUMBER: u8 = 12;
const STRING: u8 = 16;
const ARRAY: u8 = 32;
pub(crate) const OBJECT: u8 = 64;
/// Anything at all.
pub(crate) const ANY: u8 = 127;

/// How many members of one member are looked at to tell variants apart.
const MOST_INSIDE: usize = 64;

/// How deeply a fixed value may lie for a variant to be told by it.
pub(super) const DEEPEST: usize = 3;

/// The forms that a schema allows; `base` are the fields that its union declares.
pub(super) fn marks<'d>(
    node: &Node<'d>,
    base: &[Node<'d>],
    depth: usize,
) -> Result<Vec<Marks>, CodegenError> {
    let Peeled { node, nullable, .. } = schema::settle(node)?;
    // Null is all that this one allows.
    let mut found = if schema::is_null_schema(&node) {
        Vec::new()
    } else if let Some(choice) = schema::choice(&node)?.filter(|_| depth <= DEEPEST) {
        let base = [base, &choice.base].concat();
        let mut found = Vec::new();
        for branch in &choice.branches {
            found.extend(marks(branch, &base, depth + 1)?);
        }
        found
    } else {
        vec![form_marks(&node, base, depth)?]
    };
    if nullable {
        found.push(Marks {
            kinds: NULL,
            ..Marks::default()
        });
    }
    Ok(found)
}

fn form_marks<'d>(node: &Node<'d>, base: &[Node<'d>], depth: usize) -> Result<Marks, CodegenError> {
    let form = schema::form(node)?;
    let mut marks = Marks {
        kinds: kinds_of(&form, node)?,
        ..Marks::default()
    };
    if let Some(values) = fixed(node)? {
        marks.fixed.push(FixedMark {
            path: Vec::new(),
            values,
            required: true,
        });
    }
    match form {
        Form::Record => members(
            &mut marks,
            &[base, &schema::conjuncts(node)?].concat(),
            depth,
        )?,
        Form::Any if !base.is_empty() => {
            marks.kinds = OBJECT;
            members(
                &mut marks,
                &[base, &schema::conjuncts(node)?].concat(),
                depth,
            )?;
        }
        Form::Tuple(places) => {
            let least = super::fields::least(node, places.len())?;
            for (index, place) in places.iter().enumerate() {
                member(&mut marks, &index.to_string(), place, index < least, depth)?;
            }
        }
        Form::List(Some(items)) => member(&mut marks, "0", &items, false, depth)?,
        _ => {}
    }
    Ok(marks)
}

fn members(marks: &mut Marks, parts: &[Node<'_>], depth: usize) -> Result<(), CodegenError> {
    let required = super::fields::required(parts)?;
    for property in super::fields::properties(parts) {
        let name = property.last_segment();
        let always = required.contains(&name);
        member(marks, &name, &property, always, depth)?;
    }
    Ok(())
}

/// A member, and the fixed values in it.
fn member(
    marks: &mut Marks,
    name: &str,
    node: &Node<'_>,
    required: bool,
    depth: usize,
) -> Result<(), CodegenError> {
    let kinds = kinds(node, 0)?;
    marks.members.push(Member {
        name: name.to_owned(),
        required,
        kinds,
    });
    if depth >= DEEPEST {
        return Ok(());
    }
    let inner = self::marks(node, &[], depth + 1)?;
    let below = inner.iter().flat_map(|inner| {
        let own = inner.members.iter().map(|member| vec![member.name.clone()]);
        own.chain(inner.inside.iter().cloned())
    });
    for mut path in below.take(MOST_INSIDE) {
        path.insert(0, name.to_owned());
        marks.inside.push(path);
    }
    if let [inner] = inner.as_slice() {
        for mark in &inner.fixed {
            let mut mark = mark.clone();
            mark.path.insert(0, name.to_owned());
            mark.required &= required;
            marks.fixed.push(mark);
        }
    }
    Ok(())
}

/// The kinds of JSON that a schema allows.
fn kinds(node: &Node<'_>, depth: usize) -> Result<u8, CodegenError> {
    let Peeled { node, nullable, .. } = schema::settle(node)?;
    let null = if nullable { NULL } else { 0 };
    if schema::is_null_schema(&node) {
        return Ok(NULL);
    }
    let Some(choice) = schema::choice(&node)? else {
        return Ok(null | kinds_of(&schema::form(&node)?, &node)?);
    };
    if depth > DEEPEST {
        return Ok(ANY);
    }
    let mut all = null;
    for branch in &choice.branches {
        all |= kinds(branch, depth + 1)?;
    }
    Ok(all)
}

fn kinds_of(form: &Form<'_>, node: &Node<'_>) -> Result<u8, CodegenError> {
    Ok(match form {
        Form::Record | Form::Map { .. } => OBJECT,
        Form::Words | Form::String => STRING,
        Form::Integer(_) => INTEGER,
        Form::Number => NUMBER,
        Form::Bool => BOOL,
        Form::List(_) | Form::Tuple(_) => ARRAY,
        Form::Union => ANY,
        Form::Any => {
            let parts = schema::conjuncts(node)?;
            let typed = parts
                .iter()
                .map(schema::real_types)
                .find(|names| !names.is_empty());
            typed.map_or(ANY, |names| {
                names
                    .iter()
                    .map(|name| kind_of_type(name))
                    .fold(0, |all, kind| all | kind)
            })
        }
    })
}

fn kind_of_type(name: &str) -> u8 {
    match schema::known_type(name) {
        Some("string") => STRING,
        Some("boolean") => BOOL,
        Some("integer") => INTEGER,
        Some("number") => NUMBER,
        Some("array") => ARRAY,
        Some("object") => OBJECT,
        _ => ANY,
    }
}

pub(super) fn kind_of_value(value: &Value) -> u8 {
    match value {
        Value::Null => NULL,
        Value::Bool(_) => BOOL,
        Value::Number(number) if number.is_f64() => NUMBER & !INTEGER,
        Value::Number(_) => INTEGER,
        Value::String(_) => STRING,
        Value::Sequence(_) => ARRAY,
        Value::Mapping(_) => OBJECT,
        Value::Tagged(_) => ANY,
    }
}

/// The values of a constant or an enum.
fn fixed(node: &Node<'_>) -> Result<Option<Vec<Fixed>>, CodegenError> {
    for part in schema::conjuncts(node)? {
        let listed = match (part.get("enum"), part.get("const")) {
            (Some(list), _) => list.children(),
            (None, Some(constant)) => vec![constant],
            (None, None) => match part.text("pattern").and_then(literal) {
                Some(text) => return Ok(Some(vec![Fixed::Text(text.to_owned())])),
                None => continue,
            },
        };
        return Ok(listed.iter().map(|value| of_value(value.value)).collect());
    }
    Ok(None)
}

/// The only text that a pattern allows, if it is a word between anchors.
fn literal(pattern: &str) -> Option<&str> {
    let word = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-:/ ".contains(&byte);
    (!word.is_empty() && word.bytes().all(plain)).then_some(word)
}

pub(super) fn of_value(value: &Value) -> Option<Fixed> {
    Some(match value {
        Value::Null => Fixed::Null,
        Value::Bool(flag) => Fixed::Bool(*flag),
        Value::Number(number) => Fixed::Number(number.to_string()),
        Value::String(text) => Fixed::Text(text.clone()),
        _ => return None,
    })
}
