//! Which enums are nothing but the tag of a variant.

use std::collections::BTreeSet;

use super::{Model, Payload, Shape, Tagging, Type};

/// A value by which a union knows its variant is fixed: what comes with another value is another variant.
pub(super) fn mark_tags(model: &mut Model) {
    let mut tags = BTreeSet::new();
    for def in &model.types {
        let Shape::Union(union) = &def.shape else {
            continue;
        };
        let Tagging::Shaped { marks, .. } = &union.tagging else {
            continue;
        };
        for (variant, marks) in union.variants.iter().zip(marks) {
            let Payload::Type(ty) = &variant.payload else {
                continue;
            };
            let paths = marks.iter().flat_map(|marks| &marks.fixed);
            tags.extend(paths.filter_map(|mark| one_word(model, ty, &mark.path)));
        }
    }
    for def in &mut model.types {
        def.tag = tags.contains(&def.name);
    }
}

/// The enum of one value at the end of a path.
fn one_word(model: &Model, ty: &Type, path: &[String]) -> Option<String> {
    let Some((first, rest)) = path.split_first() else {
        let Type::Named(name) = ty else { return None };
        let words = &model.get(name)?.shape;
        return matches!(words, Shape::Words(words) if words.len() == 1).then(|| name.clone());
    };
    let fields = model.fields(ty)?;
    let field = fields.iter().find(|field| field.wire == *first)?;
    one_word(model, &field.ty, rest)
}
