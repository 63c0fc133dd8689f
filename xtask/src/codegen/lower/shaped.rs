//! Unions whose variants are told apart by what is in them.

use super::cases::{Case, case_name};
use super::{
    CodegenError, Lower, Node, Payload, Shape, Tagging, Type, Use, Variant, marks, names, schema,
    telling,
};

impl Lower<'_> {
    /// A union whose variants are told apart by what is in them.
    pub(super) fn shaped(
        &mut self,
        cases: Vec<Case<'_>>,
        wire: &str,
        payload_name: impl Fn(&str) -> String,
    ) -> Result<Shape, CodegenError> {
        let mut marks = Vec::new();
        for case in &cases {
            marks.push(marks::marks(&case.node, &case.base, 0)?);
        }
        let called: Vec<String> = cases
            .iter()
            .zip(&marks)
            .enumerate()
            .map(|(index, (case, marks))| case_name(case, marks, index))
            .collect();
        let telling = telling::tell(&mut marks);
        let names = names::variant_names(called.iter().map(String::as_str));
        for (first, second, loosely) in &telling.alike {
            let pair = format!("{wire}::{} and {}", names[*first], names[*second]);
            let what = if *loosely {
                "variants that optional members alone tell apart"
            } else {
                "variants that nothing tells apart, so that the first that fits is taken"
            };
            self.guess(what, &pair);
        }
        let mut variants = Vec::new();
        for ((case, name), rust) in cases.into_iter().zip(called).zip(names) {
            let (ty, docs) = self.payload(&case, &payload_name(&name))?.whole();
            // A name says which of the forms is meant, and so there may be one alone of it.
            let twice = variants.iter().any(|known: &Variant| known.wire == name);
            variants.push(Variant {
                wire: if twice { rust.clone() } else { name },
                rust,
                docs: case.docs.or(docs),
                example: case.example,
                payload: Payload::Type(ty),
            });
        }
        let tagging = Tagging::Shaped {
            tag: telling.tag,
            marks,
        };
        self.with_annotations(variants, tagging, wire)
            .map(Shape::Union)
    }

    fn payload(&mut self, case: &Case<'_>, wire: &str) -> Result<Use, CodegenError> {
        let settled = schema::settle(&case.node)?.node;
        let object = matches!(
            schema::form(&settled)?,
            schema::Form::Record | schema::Form::Any
        );
        if case.base.is_empty() || !object {
            return self.read(&case.node, wire);
        }
        let parts = [case.base.as_slice(), &schema::conjuncts(&settled)?].concat();
        let ty = self.composed(&case.node, &parts, wire)?;
        let docs = settled.text("description").map(str::to_owned);
        Ok(Use {
            ty,
            nullable: false,
            docs,
            default: None,
        })
    }

    /// A type of its own for a branch that shares fields with the other branches.
    fn composed(
        &mut self,
        node: &Node<'_>,
        parts: &[Node<'_>],
        wire: &str,
    ) -> Result<Type, CodegenError> {
        let place = format!("{}#composed", node.pointer);
        if let Some(name) = self.by_pointer.get(&place) {
            return Ok(Type::Named(name.clone()));
        }
        let name = self.begin(&place, node, wire);
        let open = std::mem::take(&mut self.open);
        let (shape, others) = self.record(parts, wire)?;
        self.open = open;
        self.complete(&name, shape, others);
        Ok(Type::Named(name))
    }
}
