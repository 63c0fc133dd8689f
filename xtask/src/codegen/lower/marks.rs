//! What values look like in JSON, and how the variants of a union are told apart by it.

use std::collections::BTreeSet;

use serde_yaml::Value;

#[cfg(test)]
mod tests;

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
const DEEPEST: usize = 3;

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

/// How variants are told apart.
pub(super) struct Telling {
    pub(super) tag: Option<Vec<String>>,
    /// Pairs that nothing, or optional members alone, tell apart.
    pub(super) alike: Vec<(usize, usize, bool)>,
}

/// Finds what tells the variants apart, and keeps of the fixed values those that do.
pub(super) fn tell(variants: &mut [Vec<Marks>]) -> Telling {
    let paths = paths(variants);
    let tag = paths.iter().find(|path| is_tag(variants, path)).cloned();
    let chosen = match &tag {
        Some(tag) => vec![tag.clone()],
        None => separating(variants, paths),
    };
    let always = |marks: &Marks| {
        marks
            .fixed
            .iter()
            .any(|mark| Some(&mark.path) == tag.as_ref() && mark.required)
    };
    let whole = tag.is_some() && variants.iter().flatten().all(always);
    for marks in variants.iter_mut().flatten() {
        marks.fixed.retain(|mark| chosen.contains(&mark.path));
        if whole {
            // A value without the way to the tag is of no variant; the rest is for the one it names to refuse.
            let way = tag.as_ref().and_then(|tag| tag.first());
            marks.members.retain(|member| Some(&member.name) == way);
        }
    }
    let alike = if tag.is_some() {
        Vec::new()
    } else {
        alike(variants)
    };
    keep_inside(variants, &alike);
    Telling { tag, alike }
}

/// Keeps of what lies deeper in the variants that are alike what some of them have and others have not.
fn keep_inside(variants: &mut [Vec<Marks>], alike: &[(usize, usize, bool)]) {
    let all: Vec<BTreeSet<Vec<String>>> = variants
        .iter()
        .map(|variant| {
            let paths = variant.iter().flat_map(|marks| marks.inside.clone());
            paths.collect()
        })
        .collect();
    for (index, variant) in variants.iter_mut().enumerate() {
        let rivals = alike.iter().filter_map(|(a, b, _)| match index {
            index if index == *a => Some(*b),
            index if index == *b => Some(*a),
            _ => None,
        });
        let rivals: Vec<usize> = rivals.collect();
        for marks in variant {
            let own = |path: &Vec<String>| rivals.iter().any(|rival| !all[*rival].contains(path));
            marks.inside.retain(own);
        }
    }
}

/// All paths to fixed values, the best candidates first: short, always there, one value a variant, early.
fn paths(variants: &[Vec<Marks>]) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    for mark in variants.iter().flatten().flat_map(|marks| &marks.fixed) {
        if !found.contains(&mark.path) {
            found.push(mark.path.clone());
        }
    }
    let marks = |path: &[String]| {
        let all = variants.iter().flatten().flat_map(|marks| &marks.fixed);
        all.filter(|mark| mark.path == path)
            .cloned()
            .collect::<Vec<_>>()
    };
    found.sort_by_key(|path| {
        let marks = marks(path);
        let loose = marks.iter().filter(|mark| !mark.required).count();
        let several = marks.iter().filter(|mark| mark.values.len() > 1).count();
        (path.len(), loose, several)
    });
    found
}

/// Whether the value at a path tells every variant from every other.
fn is_tag(variants: &[Vec<Marks>], path: &[String]) -> bool {
    let mut taken: Vec<(usize, &Fixed)> = Vec::new();
    for (index, variant) in variants.iter().enumerate() {
        for marks in variant {
            let Some(mark) = marks.fixed.iter().find(|mark| mark.path == path) else {
                return false;
            };
            let other = |value: &Fixed| {
                taken
                    .iter()
                    .any(|(by, known)| *by != index && *known == value)
            };
            if mark.values.iter().any(other) {
                return false;
            }
            taken.extend(mark.values.iter().map(|value| (index, value)));
        }
    }
    true
}

/// Paths that tell apart at least one pair that those before do not.
fn separating(variants: &[Vec<Marks>], paths: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let mut open: BTreeSet<(usize, usize)> = (0..variants.len())
        .flat_map(|a| (0..a).map(move |b| (b, a)))
        .collect();
    let mut chosen = Vec::new();
    let mut rest = Vec::new();
    for path in paths {
        let before = open.len();
        open.retain(|(a, b)| !separates(&variants[*a], &variants[*b], &path));
        if open.len() < before {
            chosen.push(path);
        } else {
            rest.push(path);
        }
    }
    // Next: one that is always fixed beside one that is free, where nothing else tells.
    open.retain(|(a, b)| pairs(&variants[*a], &variants[*b]).any(|(a, b)| !told_by_form(a, b)));
    for path in rest {
        let before = open.len();
        open.retain(|(a, b)| !singles_out(&variants[*a], &variants[*b], &path));
        if open.len() < before {
            chosen.push(path);
        }
    }
    chosen
}

/// Whether one of the two always has a fixed value at the path, and the other never.
fn singles_out(a: &[Marks], b: &[Marks], path: &[String]) -> bool {
    let always = |marks: &Marks| {
        let mut fixed = marks.fixed.iter();
        fixed.any(|mark| mark.path == path && mark.required)
    };
    let never = |marks: &Marks| marks.fixed.iter().all(|mark| mark.path != path);
    let one = |a: &[Marks], b: &[Marks]| a.iter().all(always) && b.iter().all(never);
    one(a, b) || one(b, a)
}

fn separates(a: &[Marks], b: &[Marks], path: &[String]) -> bool {
    let at = |marks: &Marks| {
        let mark = marks.fixed.iter().find(|mark| mark.path == path);
        mark.map(|mark| mark.values.clone())
    };
    pairs(a, b).all(|(a, b)| match (at(a), at(b)) {
        (Some(a), Some(b)) => a.iter().all(|value| !b.contains(value)),
        _ => false,
    })
}

fn pairs<'m>(a: &'m [Marks], b: &'m [Marks]) -> impl Iterator<Item = (&'m Marks, &'m Marks)> {
    a.iter().flat_map(move |a| b.iter().map(move |b| (a, b)))
}

/// The pairs that no fixed value, kind or required member tells apart; `true` where optional members do.
fn alike(variants: &[Vec<Marks>]) -> Vec<(usize, usize, bool)> {
    let mut found = Vec::new();
    for (b, second) in variants.iter().enumerate() {
        for (a, first) in variants[..b].iter().enumerate() {
            let mut close = pairs(first, second).filter(|(a, b)| !told(a, b)).peekable();
            if close.peek().is_some() {
                found.push((a, b, close.all(|(a, b)| names(a, false) != names(b, false))));
            }
        }
    }
    found
}

fn told(a: &Marks, b: &Marks) -> bool {
    let fixed = a.fixed.iter().any(|mark| {
        let other = b.fixed.iter().find(|other| other.path == mark.path);
        other.is_some_and(|other| {
            mark.values
                .iter()
                .all(|value| !other.values.contains(value))
        })
    });
    // A variant with a value that is always fixed, beside one without.
    let some = |marks: &Marks| marks.fixed.iter().filter(|mark| mark.required).count();
    fixed || some(a) != some(b) || told_by_form(a, b)
}

/// Whether kinds or members that are always there tell two forms apart.
fn told_by_form(a: &Marks, b: &Marks) -> bool {
    let kinds = a.kinds & b.kinds == 0;
    let member = a
        .members
        .iter()
        .filter(|member| member.required)
        .any(|member| {
            let other = b.members.iter().find(|other| other.name == member.name);
            other.is_some_and(|other| other.required && other.kinds & member.kinds == 0)
        });
    kinds || member || names(a, true) != names(b, true)
}

fn names(marks: &Marks, required: bool) -> BTreeSet<&str> {
    let all = marks
        .members
        .iter()
        .filter(|member| member.required || !required);
    all.map(|member| member.name.as_str()).collect()
}
