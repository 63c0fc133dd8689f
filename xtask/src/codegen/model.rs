//! The protocol as plain structs: what the generator knows once the specification is read.

use super::annotations::Role;

/// Every type the generated code defines, and which of them are the protocol's unions.
pub(crate) struct Model {
    /// Sorted by name.
    pub(crate) types: Vec<TypeDef>,
    /// What the client sends; absent where it sends nothing.
    pub(crate) client: Option<String>,
    /// What the server sends.
    pub(crate) server: Option<String>,
    /// Absent where a protocol has no subscriptions.
    pub(crate) kind: Option<String>,
    pub(crate) messages: Vec<MessageDef>,
    /// What had to be guessed.
    pub(crate) guesses: Vec<String>,
    /// The path of the crate that the code is part of, as its examples name it.
    pub(crate) path: Option<String>,
}

/// A message and the type of its payload.
pub(crate) struct MessageDef {
    pub(crate) name: String,
    pub(crate) pointer: String,
    pub(crate) ty: Type,
    /// The unions it is a variant of, with what the union may call it.
    pub(crate) unions: Vec<(String, Vec<String>)>,
}

/// One type to generate.
pub(crate) struct TypeDef {
    /// The Rust name.
    pub(crate) name: String,
    /// The name the specification uses.
    pub(crate) wire: String,
    pub(crate) docs: Option<String>,
    pub(crate) shape: Shape,
    /// What an object or an array may hold beside what is declared.
    pub(crate) others: Option<Others>,
    /// The server may send it, so that it must survive what later versions add.
    pub(crate) open: bool,
    /// A string enum of one value by which a union knows its variant: any other value is another variant.
    pub(crate) tag: bool,
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
    /// An array whose places have meanings.
    Tuple(Vec<Field>),
    /// One of several variants.
    Union(Union),
    /// A string enum.
    Words(Vec<Word>),
    /// A number with a name of its own.
    Newtype(Integer),
}

/// Members or elements that are not declared.
pub(crate) struct Others {
    /// The name of the field that holds them; a tuple has no names.
    pub(crate) rust: String,
    pub(crate) ty: Type,
}

pub(crate) struct Union {
    pub(crate) variants: Vec<Variant>,
    pub(crate) tagging: Tagging,
    /// The wire name of the variant whose payload may arrive without its tag.
    pub(crate) untagged: Option<String>,
    /// The Rust names of the variants that `null` and a stray string mean.
    pub(crate) null: Option<String>,
    pub(crate) bare_string: Option<String>,
    /// The Rust name of the variant that `From` makes.
    pub(crate) conversion: Option<String>,
}

/// How a variant is recognised.
pub(crate) enum Tagging {
    /// By the one key of an object: `{"Variant": payload}`, or the bare string.
    External,
    /// By what is in the payload itself.
    Shaped {
        /// The value that tells every variant, where there is one.
        tag: Option<Vec<String>>,
        /// For each variant the forms it has.
        marks: Vec<Vec<Marks>>,
    },
}

/// What one form of a value looks like in JSON.
#[derive(Clone, Default)]
pub(crate) struct Marks {
    pub(crate) kinds: u8,
    pub(crate) fixed: Vec<FixedMark>,
    pub(crate) members: Vec<Member>,
}

/// A value that the specification fixes, and where.
#[derive(Clone)]
pub(crate) struct FixedMark {
    pub(crate) path: Vec<String>,
    pub(crate) values: Vec<Fixed>,
    pub(crate) required: bool,
}

/// One value of a constant or an enum.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Fixed {
    Text(String),
    Number(String),
    Bool(bool),
    Null,
}

/// A member of an object, or an element of an array by its place.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) kinds: u8,
}

pub(crate) struct Variant {
    pub(crate) wire: String,
    pub(crate) rust: String,
    pub(crate) docs: Option<String>,
    /// The whole value as the specification shows it, as JSON text.
    pub(crate) example: Option<String>,
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
    /// An element or a payload that may be null.
    Nullable(Box<Type>),
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

impl Union {
    /// Whether one key announces each variant.
    pub(crate) fn external(&self) -> bool {
        matches!(self.tagging, Tagging::External)
    }
}

impl TypeDef {
    /// All types this one is made of.
    pub(crate) fn parts(&self) -> Vec<&Type> {
        match &self.shape {
            Shape::Record(fields) | Shape::Tuple(fields) => {
                let fields = fields.iter().map(|field| &field.ty);
                fields
                    .chain(self.others.iter().map(|others| &others.ty))
                    .collect()
            }
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
            Self::List(item) | Self::Nullable(item) => item.named(),
            Self::Map(key, value) => [key.named(), value.named()].concat(),
            _ => Vec::new(),
        }
    }

    /// Whether equality on it is total: a JSON number is not.
    pub(crate) fn total(&self) -> bool {
        match self {
            Self::Number => false,
            Self::List(item) | Self::Nullable(item) => item.total(),
            Self::Map(key, value) => key.total() && value.total(),
            _ => true,
        }
    }
}
