//! Parameters as constants in the types crate: name, style and shape, read by both halves of the wire.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ident::{constant, ident};
use super::operations::parameter_type;
use super::plan::{Call, Plan};
use crate::model::{Field, FieldEncoding, Location, Parameter, Style, Type, TypeKind};

/// The constants that describe the parameters, in the parameters' order: both halves read them.
pub(crate) struct Constants {
    pub names: Vec<Ident>,
    values: Vec<TokenStream>,
}

impl Constants {
    pub fn new(plan: &Plan<'_>, call: &Call<'_>) -> Self {
        // `Operation::INFO` is known by that name.
        let mut taken = BTreeSet::from(["INFO".to_owned()]);
        let mut names = Vec::new();
        let mut values = Vec::new();
        for parameter in &call.model.parameters {
            let mut name = constant(&parameter.name).to_string();
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            names.push(ident(&name));
            values.push(parameter_constant(plan, &call.model.parameters, parameter));
        }
        Self { names, values }
    }

    /// ```text
    /// impl GetNote { const ID: Parameter = Parameter::simple("id"); }
    /// ```
    pub fn definition(&self, call: &Call<'_>) -> TokenStream {
        let (request, Self { names, values }) = (&call.request, self);
        if names.is_empty() {
            return TokenStream::new();
        }
        quote! {
            #[cfg(any(feature = "client", feature = "server"))]
            impl #request {
                #(const #names: ::bothends_runtime::Parameter = #values;)*
            }
        }
    }
}

/// `Parameter::form("ids").list()`: what differs from how the style is by default. `all`: the operation's parameters.
pub(crate) fn parameter_constant(plan: &Plan<'_>, all: &[Parameter], parameter: &Parameter) -> TokenStream {
    let Parameter { wire, style, explode, allow_reserved, .. } = parameter;
    let shape = shape(plan, parameter_type(plan, parameter), 0);
    let value = value(&FieldEncoding { wire: wire.clone(), style: *style, explode: *explode, allow_reserved: *allow_reserved }, shape);
    // An exploded object takes what stands in the query, or among the cookies, unless it belongs to another parameter.
    let beside = if is_spread(parameter) && shape == Shape::Object {
        let others = all.iter().filter(|other| other.location == parameter.location && other.wire != *wire);
        let names: Vec<&str> = others.flat_map(|other| names_of(plan, other)).collect();
        if names.is_empty() { quote!() } else { quote!(.beside(&[#(#names),*])) }
    } else {
        quote!()
    };
    quote!(#value #beside)
}

fn value(encoding: &FieldEncoding, shape: Shape) -> TokenStream {
    let wire = &encoding.wire;
    let (start, exploded) = match encoding.style {
        Style::Simple => (quote!(simple(#wire)), false),
        Style::Form => (quote!(form(#wire)), true),
        Style::Json => (quote!(json(#wire)), false),
        Style::Label => (quote!(simple(#wire).style(::bothends_runtime::Style::Label)), false),
        Style::Matrix => (quote!(simple(#wire).style(::bothends_runtime::Style::Matrix)), false),
        Style::SpaceDelimited => (quote!(simple(#wire).style(::bothends_runtime::Style::SpaceDelimited)), false),
        Style::PipeDelimited => (quote!(simple(#wire).style(::bothends_runtime::Style::PipeDelimited)), false),
        Style::DeepObject => (quote!(simple(#wire).style(::bothends_runtime::Style::DeepObject)), false),
    };
    let explode = match (exploded, encoding.explode) {
        (false, true) => quote!(.exploded()),
        (true, false) => quote!(.explode(false)),
        (false, false) | (true, true) => quote!(),
    };
    let written = match shape {
        Shape::Scalar => quote!(),
        Shape::List => quote!(.list()),
        Shape::Object => quote!(.object()),
        Shape::Any => quote!(.shape(::bothends_runtime::Shape::Any)),
    };
    let reserved = if encoding.allow_reserved { quote!(.allow_reserved()) } else { quote!() };
    quote!(::bothends_runtime::Parameter::#start #explode #written #reserved)
}

/// How each property of a form is written: `&Fields::new(&[Parameter::form("name"), Parameter::json("rows").list()])`.
pub(crate) fn form_fields(plan: &Plan<'_>, ty: &Type, encodings: &[FieldEncoding]) -> TokenStream {
    let (mut known, mut others) = (Vec::new(), Vec::new());
    form_members(plan, ty, &mut known, &mut others, 0);
    let fields = known.into_iter().map(|(wire, types)| form_field(plan, wire, &types, encodings));
    // A text or a list of them is what is taken where nothing is known.
    let others = (!others.is_empty() && others.iter().any(|ty| shape(plan, ty, 0) != Shape::Any)).then(|| {
        let others = form_field(plan, "", &others, &[]);
        quote!(.others(#others))
    });
    quote!(&::bothends_runtime::Fields::new(&[#(#fields),*]) #others)
}

/// How each declared header of a response is written: `&[Parameter::simple("ETag")]`.
pub(crate) fn header_fields(plan: &Plan<'_>, ty: &Type, encodings: &[FieldEncoding]) -> TokenStream {
    let fields = plan.form_fields(ty).into_iter().map(|field| form_field(plan, &field.wire, &[&field.ty], encodings));
    quote!(&[#(#fields),*])
}

/// What the properties of a form may be, those of all arms of a union, and what others may be.
fn form_members<'p>(plan: &'p Plan<'_>, ty: &'p Type, known: &mut Vec<(&'p str, Vec<&'p Type>)>, others: &mut Vec<&'p Type>, depth: usize) {
    others.extend(plan.form_others(ty));
    for field in plan.form_fields(ty) {
        match known.iter_mut().find(|(wire, _)| *wire == field.wire) {
            Some((_, types)) => types.push(&field.ty),
            None => known.push((&field.wire, vec![&field.ty])),
        }
    }
    if let Type::Named(id) | Type::Boxed(id) = plan.resolve(ty)
        && let Some(TypeKind::Union(union)) = plan.api.type_def(*id).map(|def| &def.kind)
        && depth < 16
    {
        for arm in &union.arms {
            form_members(plan, &arm.ty, known, others, depth + 1);
        }
    }
}

/// How a property is written that is one of these types.
fn form_field(plan: &Plan<'_>, wire: &str, types: &[&Type], encodings: &[FieldEncoding]) -> TokenStream {
    let mut shapes = types.iter().map(|ty| shape(plan, ty, 0));
    let first = shapes.next().unwrap_or(Shape::Any);
    let shape = if shapes.all(|shape| shape == first) { first } else { Shape::Any };
    let nested = types.iter().any(|ty| match (shape, plan.value(ty)) {
        (Shape::Object, _) => true,
        (Shape::List, Type::List(item)) => self::shape(plan, item, 0) != Shape::Scalar,
        _ => false,
    });
    let style = if nested { Style::Json } else { Style::Form };
    let usual = || FieldEncoding { wire: wire.to_owned(), style, explode: style == Style::Form, allow_reserved: false };
    let encoding = encodings.iter().find(|encoding| encoding.wire == wire).cloned().unwrap_or_else(usual);
    // JSON text is one text, but for a list, of which every item is one.
    let shape = if encoding.style == Style::Json && shape != Shape::List { Shape::Scalar } else { shape };
    value(&encoding, shape)
}

/// A field of a form of parts in the style that the document asks for, unless its parts are the same without it: a list in
/// one part, or an object in a part for each property. What such a style has no form for is JSON.
pub(crate) fn styled(plan: &Plan<'_>, field: &Field, encoding: &FieldEncoding) -> Option<TokenStream> {
    let is_scalar = |ty: &Type| shape(plan, ty, 0) == Shape::Scalar;
    let fits = match (plan.value(&field.ty), encoding.style) {
        (Type::List(item), Style::Form) => !encoding.explode && is_scalar(item) && *plan.value(item) != Type::File,
        (Type::List(item), Style::SpaceDelimited | Style::PipeDelimited) => is_scalar(item) && *plan.value(item) != Type::File,
        (ty, Style::DeepObject) if shape(plan, ty, 0) == Shape::Object => {
            let others = plan.form_others(ty);
            plan.form_fields(ty).into_iter().map(|field| &field.ty).chain(others).all(is_scalar)
        }
        _ => false,
    };
    fits.then(|| value(encoding, shape(plan, &field.ty, 0)))
}

/// Whether an object in the parameter's place would be written without the parameter's name.
fn is_spread(parameter: &Parameter) -> bool {
    matches!(parameter.location, Location::Query | Location::Cookie) && parameter.style == Style::Form && parameter.explode
}

/// What a query or cookie parameter is known by: its name or, if it is an exploded object, those of its properties.
fn names_of<'p>(plan: &Plan<'p>, parameter: &'p Parameter) -> Vec<&'p str> {
    let mut names = vec![parameter.wire.as_str()];
    let mut ty = parameter_type(plan, parameter);
    // Deeper than this only a circle goes.
    for _ in 0..16 {
        ty = match plan.resolve(ty) {
            Type::Named(id) | Type::Boxed(id) if is_spread(parameter) => match plan.api.type_def(*id).map(|def| &def.kind) {
                Some(TypeKind::Newtype(inner) | TypeKind::Alias(inner)) => inner,
                Some(TypeKind::Struct(object)) => {
                    names.extend(object.fields.iter().map(|field| field.wire.as_str()));
                    break;
                }
                _ => break,
            },
            _ => break,
        };
    }
    names
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Scalar,
    List,
    Object,
    Any,
}

/// What a parameter's text is cut into.
fn shape(plan: &Plan<'_>, ty: &Type, depth: usize) -> Shape {
    // Deeper than this only a circle goes, and the runtime then has to try.
    if depth > 16 {
        return Shape::Any;
    }
    match plan.resolve(ty) {
        Type::Any => Shape::Any,
        Type::List(_) => Shape::List,
        Type::Map(_) => Shape::Object,
        Type::Nullable(inner) => shape(plan, inner, depth + 1),
        Type::Named(id) | Type::Boxed(id) => match plan.api.type_def(*id).map(|def| &def.kind) {
            Some(TypeKind::Struct(_)) => Shape::Object,
            Some(TypeKind::Newtype(inner) | TypeKind::Alias(inner)) => shape(plan, inner, depth + 1),
            Some(TypeKind::Enum(_)) => Shape::Scalar,
            Some(TypeKind::Union(union)) => {
                let mut shapes = union.arms.iter().map(|arm| shape(plan, &arm.ty, depth + 1));
                let first = shapes.next().unwrap_or(Shape::Any);
                if shapes.all(|shape| shape == first) { first } else { Shape::Any }
            }
            None => Shape::Any,
        },
        Type::Bool
        | Type::Int(_)
        | Type::Float
        | Type::String
        | Type::Secret
        | Type::DateTime
        | Type::Base64
        | Type::Bytes
        | Type::File
        | Type::Blob
        | Type::Items { .. } => Shape::Scalar,
    }
}

/// The method of encoders and decoders for a place.
pub(crate) fn place(location: Location) -> Ident {
    ident(match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    })
}
