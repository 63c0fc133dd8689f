//! How the variants of a union are told apart by what they look like.

use std::collections::BTreeSet;

use crate::codegen::model::{Fixed, Marks};

#[cfg(test)]
mod tests;

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
