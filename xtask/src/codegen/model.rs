//! The protocol as plain structs: what the generator knows once the specification is read.

use super::annotations::Role;

/// Every type the generated code defines, and which of them are the protocol's unions.
pub(crate) struct Model {
    /// Sorted by name.
    pub(crate) types: Vec<TypeDef>,
    pub(crate) client: String,
    pub(crate) server: String,
    /// Absent where a protocol has no subscriptions.
    pub(crate) kind: Option<String>,
}

/// One type to generate.
pub(crate) struct TypeDef {
    /// The Rust name.
    pub(crate) name: String,
    /// The name the specification uses.
    pub(crate) wire: String,
    pub(crate) docs: Option<String>,
    pub(crate) shape: Shape,
    /// The server may send it, so that it must survive what later versions add.
    pub(crate) open: bool,
    /// `Debug` shows the name alone.
    pub(crate) redacted: bool,
    pub(crate) traits: Traits,
}

/// What can be derived beside `Clone`, `Debug` and `PartialEq`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traits {
    pub(crate) eq: bool,
    pub(crate) ord: bool,
    pub(crate) copy: bool,
}

pub(crate) enum Shape {
    /// An object with known fields.
    Record(Vec<Field>),
    /// An externally tagged union.
    Union(Union),
    /// A string enum.
    Words(Vec<Word>),
    /// A number with a name of its own.
    Newtype(Integer),
}

pub(crate) struct Union {
    pub(crate) variants: Vec<Variant>,
    /// The wire name of the variant whose payload may arrive without its tag.
    pub(crate) untagged: Option<String>,
    /// The Rust names of the variants that `null` and a stray string mean.
    pub(crate) null: Option<String>,
    pub(crate) bare_string: Option<String>,
    /// The Rust name of the variant that `From` makes.
    pub(crate) conversion: Option<String>,
}

pub(crate) struct Variant {
    pub(crate) wire: String,
    pub(crate) rust: String,
    pub(crate) docs: Option<String>,
    pub(crate) payload: Payload,
}

pub(crate) enum Payload {
    None,
    /// `Variant(Type)`
    Type(Type),
    /// `Variant { field: Type }`
    Fields(Vec<Field>),
}

pub(crate) struct Field {
    pub(crate) wire: String,
    pub(crate) rust: String,
    pub(crate) docs: Option<String>,
    pub(crate) ty: Type,
    pub(crate) presence: Presence,
    pub(crate) aliases: Vec<String>,
    pub(crate) default: Option<Default>,
}

/// Whether a field may be missing, null, or both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Presence {
    Required,
    /// Always there, and may be null: `Option<T>`.
    Nullable,
    /// May be absent: `Option<T>`.
    Optional,
    /// May be absent or null, and the two are kept apart: `Optional<T>`.
    OptionalNullable,
}

/// What an absent field means.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Default {
    Bool(bool),
    Unsigned(u64),
    Text(String),
    /// The Rust name of an enum's variant.
    Word(String),
}

pub(crate) struct Word {
    pub(crate) wire: String,
    pub(crate) rust: String,
    pub(crate) docs: Option<String>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Type {
    Bool,
    Integer(Integer),
    /// A JSON number whose text form must survive.
    Number,
    String,
    /// Any JSON, kept as it came.
    Raw,
    /// A hand-written type, by its path.
    Scalar {
        path: String,
        role: Option<Role>,
    },
    /// A generated type.
    Named(String),
    List(Box<Type>),
    Map(Box<Type>, Box<Type>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Integer {
    I32,
    I64,
    U32,
    U64,
}

impl Model {
    /// The type of that Rust name.
    pub(crate) fn get(&self, name: &str) -> Option<&TypeDef> {
        self.types.iter().find(|def| def.name == name)
    }

    /// The union of that Rust name.
    pub(crate) fn union(&self, name: &str) -> Option<&Union> {
        match &self.get(name)?.shape {
            Shape::Union(union) => Some(union),
            _ => None,
        }
    }

    /// The fields of a record type.
    pub(crate) fn fields(&self, ty: &Type) -> Option<&[Field]> {
        let Type::Named(name) = ty else { return None };
        match &self.get(name)?.shape {
            Shape::Record(fields) => Some(fields),
            _ => None,
        }
    }
}

impl TypeDef {
    /// All types this one is made of.
    pub(crate) fn parts(&self) -> Vec<&Type> {
        match &self.shape {
            Shape::Record(fields) => fields.iter().map(|field| &field.ty).collect(),
            Shape::Union(union) => union.variants.iter().flat_map(Variant::parts).collect(),
            Shape::Words(_) | Shape::Newtype(_) => Vec::new(),
        }
    }
}

impl Variant {
    fn parts(&self) -> Vec<&Type> {
        match &self.payload {
            Payload::None => Vec::new(),
            Payload::Type(ty) => vec![ty],
            Payload::Fields(fields) => fields.iter().map(|field| &field.ty).collect(),
        }
    }
}

impl Type {
    /// The generated types named in this one.
    pub(crate) fn named(&self) -> Vec<&str> {
        match self {
            Self::Named(name) => vec![name],
            Self::List(item) => item.named(),
            Self::Map(key, value) => [key.named(), value.named()].concat(),
            _ => Vec::new(),
        }
    }

    /// Whether equality on it is total: a JSON number is not.
    pub(crate) fn total(&self) -> bool {
        match self {
            Self::Number => false,
            Self::List(item) => item.total(),
            Self::Map(key, value) => key.total() && value.total(),
            _ => true,
        }
    }
}
