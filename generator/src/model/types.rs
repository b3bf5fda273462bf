//! Types of the model: what a schema has become once its shape is decided.

use crate::source::Pointer;

/// Index of a definition in [`super::Api::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub usize);

/// A type that has a name of its own in the generated code.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeDef {
    /// Rust name in upper camel case, unique in the API and free of keywords and prelude names.
    pub name: String,
    /// The document's words (CommonMark; data, never code).
    pub docs: Option<String>,
    /// Where the schema stands in the normalised document.
    pub origin: Pointer,
    /// What it is.
    pub kind: TypeKind,
}

/// What a named type is.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// An object with declared properties.
    Struct(Struct),
    /// A closed or open set of scalar values.
    Enum(Enum),
    /// One of several shapes (`oneOf`, `anyOf`).
    Union(Union),
    /// Another name for a type: `pub type UserIds = Vec<String>`.
    Alias(Type),
    /// A tuple struct around a type, where an alias would be recursive: `pub struct Tree(pub Vec<Tree>)`.
    Newtype(Type),
}

impl TypeKind {
    /// The types that this one holds.
    pub fn uses(&self) -> impl Iterator<Item = &Type> {
        let (fields, additional, arms, inner) = match self {
            Self::Struct(Struct { fields, additional: Additional::Kept { ty, .. }, xml: _ }) => {
                (fields.as_slice(), Some(ty), &[][..], None)
            }
            Self::Struct(Struct { fields, additional: Additional::Ignored | Additional::Refused, xml: _ }) => {
                (fields.as_slice(), None, &[][..], None)
            }
            Self::Enum(_) => (&[][..], None, &[][..], None),
            Self::Union(union) => (&[][..], None, union.arms.as_slice(), None),
            Self::Alias(ty) | Self::Newtype(ty) => (&[][..], None, &[][..], Some(ty)),
        };
        fields.iter().map(|field| &field.ty).chain(additional).chain(arms.iter().map(|arm| &arm.ty)).chain(inner)
    }

    /// As [`Self::uses`], to be changed in place.
    pub fn uses_mut(&mut self) -> impl Iterator<Item = &mut Type> {
        let (fields, additional, arms, inner) = match self {
            Self::Struct(Struct { fields, additional: Additional::Kept { ty, .. }, xml: _ }) => {
                (fields.as_mut_slice(), Some(ty), &mut [][..], None)
            }
            Self::Struct(Struct { fields, additional: Additional::Ignored | Additional::Refused, xml: _ }) => {
                (fields.as_mut_slice(), None, &mut [][..], None)
            }
            Self::Enum(_) => (&mut [][..], None, &mut [][..], None),
            Self::Union(union) => (&mut [][..], None, union.arms.as_mut_slice(), None),
            Self::Alias(ty) | Self::Newtype(ty) => (&mut [][..], None, &mut [][..], Some(ty)),
        };
        fields.iter_mut().map(|field| &mut field.ty).chain(additional).chain(arms.iter_mut().map(|arm| &mut arm.ty)).chain(inner)
    }
}

impl Type {
    /// The definition that lists, maps and `null` around it come down to, if there is one.
    pub fn definition(&self) -> Option<TypeId> {
        match self {
            Self::Named(id) | Self::Boxed(id) => Some(*id),
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.definition(),
            _ => None,
        }
    }
}

/// The use of a type.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// Any JSON value.
    Any,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int(IntWidth),
    /// A binary64 number; `format: float` too, since JSON does not tell them apart.
    Float,
    /// Text.
    String,
    /// Text that must not be shown (`format: password`).
    Secret,
    /// An instant (`format: date-time`), kept as it was written.
    DateTime,
    /// Base64 text inside JSON (`format: byte`).
    Base64,
    /// Raw bytes: a whole body or part, never inside JSON.
    Bytes,
    /// A file in a form: bytes with a name and a media type.
    File,
    /// Bytes with their media type: a whole body, never inside JSON.
    Blob,
    /// Items as they come: a whole body, of server-sent events or else of lines of JSON.
    Items {
        /// Whether they are events.
        events: bool,
        /// What one of them is.
        item: Box<Type>,
    },
    /// A list.
    List(Box<Type>),
    /// An object with free keys.
    Map(Box<Type>),
    /// The type or `null`.
    Nullable(Box<Type>),
    /// A named type.
    Named(TypeId),
    /// A named type behind a `Box`, where a cycle needs it or the value would be too large for a stack.
    Boxed(TypeId),
}

/// The widths that an integer can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum IntWidth {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    I128,
}

/// An object with declared properties.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Struct {
    /// Properties in the document's order.
    pub fields: Vec<Field>,
    /// What else the object may hold.
    pub additional: Additional,
    /// Properties that are not written in XML as elements of their own name.
    pub xml: Vec<XmlProperty>,
}

/// What the document says of a property in XML.
#[derive(Debug, Clone, PartialEq)]
pub struct XmlProperty {
    /// Name of the property in JSON.
    pub wire: String,
    /// Name in XML: of the element or attribute, for a list that is not wrapped of each item's element.
    pub name: XmlName,
    /// Whether it is an attribute.
    pub attribute: bool,
    /// A list within an element: the name of each item's element.
    pub wrapped: Option<XmlName>,
    /// Of a list of lists, the names of the inner items' elements, the outer ones first, so far as they are not `item`.
    pub nested: Vec<XmlName>,
}

/// Name of an element or an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlName {
    /// Without its prefix.
    pub name: String,
    /// Prefix, without its colon.
    pub prefix: Option<String>,
    /// Namespace that the element declares.
    pub namespace: Option<String>,
}

impl XmlName {
    /// A name without a namespace.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), prefix: None, namespace: None }
    }
}

/// Properties that are not declared.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Additional {
    /// Nothing is said of them: ignored when read.
    #[default]
    Ignored,
    /// `additionalProperties: false`: refused by the server, ignored by the client.
    Refused,
    /// Kept, in a field of this Rust name that maps name to value.
    Kept {
        /// Rust name of the field, unique among the struct's fields.
        field: String,
        /// Type of the values.
        ty: Type,
        /// Whether the document says that there may be such properties.
        is_declared: bool,
    },
}

/// A declared property.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Rust name, snake case, unique in its struct; a raw identifier is written as `r#type`.
    pub name: String,
    /// Name on the wire.
    pub wire: String,
    /// Type of the value. `Nullable` here and `required: false` together make a three-state field.
    pub ty: Type,
    /// Whether the property must be present.
    pub required: bool,
    /// The document's words.
    pub docs: Option<String>,
    /// Sent by the server only.
    pub read_only: bool,
    /// Sent by the client only.
    pub write_only: bool,
    /// Marked as deprecated.
    pub deprecated: bool,
}

/// A set of scalar values.
#[derive(Debug, Clone, PartialEq)]
pub struct Enum {
    /// The values, with their variants.
    pub values: EnumValues,
    /// For an open enum the name of the variant that keeps a value which the document does not know.
    pub other: Option<String>,
}

/// The values of an enum, all of one JSON type.
#[derive(Debug, Clone, PartialEq)]
pub enum EnumValues {
    /// Strings.
    Strings(Vec<Variant<String>>),
    /// Whole numbers.
    Integers(Vec<Variant<i64>>),
    /// Numbers, some of which may have a fraction; none is twice there.
    Numbers(Vec<Variant<f64>>),
}

/// One value of an enum.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant<T> {
    /// Rust name in upper camel case, unique in its enum.
    pub name: String,
    /// Value on the wire.
    pub value: T,
}

/// One of several shapes.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// The shapes, in the document's order.
    pub arms: Vec<Arm>,
    /// How the document tells them apart, if it does.
    pub discriminator: Option<Discriminator>,
    /// How many of them hold of one value.
    pub holds: Holds,
    /// Name of the variant that keeps a value which fits no arm.
    pub other: String,
}

/// How many shapes of a union hold of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// One.
    One,
    /// Several may (`anyOf`).
    Several {
        /// How many arms, the first ones, are shapes of the document. The others each have all properties of several of
        /// them, none of which is required of the value that one of them alone would take.
        alone: usize,
    },
}

/// One shape of a union.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// Rust name of the variant, unique in its union.
    pub name: String,
    /// What it holds.
    pub ty: Type,
}

/// How a property's value names the arm (OpenAPI 3.0, Discriminator Object).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discriminator {
    /// The property, on the wire. It stays in the payload.
    pub property: String,
    /// Value to index of the arm.
    pub mapping: Vec<(String, usize)>,
}
