//! The two sides' unions, found by name or made of what the operations say.

use super::branches::{announced, as_json};
use super::cases::Case;
use super::{CodegenError, Lower, Node, Shape, Tagging, Type, schema};
use crate::codegen::document::{Document, Message, Protocol};
use crate::codegen::error::Problem;
use crate::codegen::model::{MessageDef, Payload};

impl Lower<'_> {
    /// What one side sends. A union that the annotations name is that one; otherwise the operations decide.
    pub(super) fn side(
        &mut self,
        document: &Document,
        role: &'static str,
        wire: &str,
        messages: &[Message<'_>],
    ) -> Result<Option<String>, CodegenError> {
        let stated = self.notes.names_unions();
        match document.payload(role, wire) {
            Ok(node) if stated || messages.is_empty() => self.root(&node, wire).map(Some),
            Err(error) if stated && messages.is_empty() => Err(error),
            _ if messages.is_empty() => Ok(None),
            _ => self.made(wire, messages),
        }
    }

    /// The union of that name.
    fn root(&mut self, node: &Node<'_>, wire: &str) -> Result<String, CodegenError> {
        let node = schema::settle(node)?.node;
        if schema::choice(&node)?.is_some() {
            let name = self.define(&node, wire)?;
            if let Shape::Union(_) = &self.types[&name].0.shape {
                return Ok(name);
            }
        }
        Err(node.problem(Problem::NotAUnion(wire.to_owned())))
    }

    /// A union of messages.
    fn made(
        &mut self,
        wire: &str,
        messages: &[Message<'_>],
    ) -> Result<Option<String>, CodegenError> {
        let cases = self.cases(messages)?;
        if let [only] = cases.as_slice() {
            let node = schema::settle(&only.node)?.node;
            let known = self.by_pointer.contains_key(&node.pointer);
            if schema::choice(&node)?.is_some() && !known {
                return self.root(&node, wire).map(Some);
            }
        }
        let Some(first) = cases.first() else {
            return Ok(None);
        };
        let place = format!("{}#{wire}", first.node.pointer);
        let name = self.name(&place, wire);
        let mut def = self.placeholder(&first.node, wire, &name);
        def.docs = None;
        self.types.insert(name.clone(), (def, place));
        let branches = cases
            .iter()
            .map(|case| (case.node.clone(), case.docs.clone()));
        let announced = announced(&branches.collect::<Vec<_>>(), Vec::new())?;
        let stated = self.notes.names_unions();
        let shape = match announced.filter(|branches| stated || branches.len() > 1) {
            Some(branches) => self.external(branches, wire)?,
            None => self.shaped(cases, wire, str::to_owned)?,
        };
        self.complete(&name, shape, None);
        Ok(Some(name))
    }

    /// One case for each payload; messages that share one cannot be told apart, and need not be.
    fn cases<'d>(&self, messages: &[Message<'d>]) -> Result<Vec<Case<'d>>, CodegenError> {
        let mut cases: Vec<Case<'d>> = Vec::new();
        let mut places = Vec::new();
        for message in messages {
            let Some(node) = message.payload()? else {
                self.guess("messages without a payload are in no union", message.name());
                continue;
            };
            let place = schema::settle(&node)?.node.pointer;
            if places.contains(&place) {
                self.guess(
                    "messages with the payload of another are one variant with it",
                    message.name(),
                );
                continue;
            }
            places.push(place);
            cases.push(Case {
                name: Some(message.name().to_owned()),
                docs: message.docs().map(str::to_owned),
                example: message.examples().first().and_then(as_json),
                node,
                base: Vec::new(),
            });
        }
        Ok(cases)
    }

    /// All messages with the types of their payloads, those that no operation names too.
    pub(super) fn messages(
        &mut self,
        protocol: &Protocol<'_>,
        client: Option<&str>,
        server: Option<&str>,
    ) -> Result<Vec<MessageDef>, CodegenError> {
        let mut found: Vec<MessageDef> = Vec::new();
        let sides = [
            (&protocol.client, client),
            (&protocol.server, server),
            (&protocol.others, None),
        ];
        for (messages, union) in sides {
            for message in messages {
                let pointer = message.node().pointer.clone();
                let Some(node) = message.payload()? else {
                    self.without_payload(message, &mut found);
                    continue;
                };
                let ty = match union.filter(|union| self.is_external(union)) {
                    Some(union) => Type::Named(union.to_owned()),
                    None => self.payload_type(&node, message.name())?,
                };
                let variants = union.map(|union| (union.to_owned(), self.called(union, &ty)));
                match found.iter_mut().find(|known| known.pointer == pointer) {
                    Some(known) => known.unions.extend(variants),
                    None => found.push(MessageDef {
                        name: message.name().to_owned(),
                        pointer,
                        ty,
                        unions: variants.into_iter().collect(),
                    }),
                }
            }
        }
        Ok(found)
    }

    /// Nothing is said of what the message holds, so that it may be anything.
    fn without_payload(&self, message: &Message<'_>, found: &mut Vec<MessageDef>) {
        let pointer = message.node().pointer.clone();
        if found.iter().any(|known| known.pointer == pointer) {
            return;
        }
        self.guess(
            "messages without a payload are kept as any JSON",
            message.name(),
        );
        found.push(MessageDef {
            name: message.name().to_owned(),
            pointer,
            ty: Type::Raw,
            unions: Vec::new(),
        });
    }

    /// One key announces each variant: the message is one of them, key and all.
    fn is_external(&self, union: &str) -> bool {
        let shape = self.types.get(union).map(|(def, _)| &def.shape);
        matches!(shape, Some(Shape::Union(union)) if union.external())
    }

    fn payload_type(&mut self, node: &Node<'_>, wire: &str) -> Result<Type, CodegenError> {
        // A payload that is the whole union has its name from there.
        let settled = schema::settle(node)?.node;
        if let Some(name) = self.by_pointer.get(&settled.pointer) {
            return Ok(Type::Named(name.clone()));
        }
        self.element(node, wire)
    }

    /// What the union may call a message of that type; all its names where the message is announced by a key in it.
    fn called(&self, union: &str, ty: &Type) -> Vec<String> {
        let Some((def, _)) = self.types.get(union) else {
            return Vec::new();
        };
        let Shape::Union(shape) = &def.shape else {
            return Vec::new();
        };
        let all = || shape.variants.iter().map(|variant| variant.wire.clone());
        let own = shape
            .variants
            .iter()
            .filter(|variant| matches!(&variant.payload, Payload::Type(payload) if payload == ty));
        let own: Vec<String> = own.map(|variant| variant.wire.clone()).collect();
        match (&shape.tagging, own.as_slice()) {
            (Tagging::Shaped { .. }, [_, ..]) => own,
            _ => all().collect(),
        }
    }
}
