//! Sets of values: the enum and its text or number in both directions.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::docs;
use super::ident::ident;
use crate::model::{Enum, EnumValues, Variant};

/// What differs between enums of strings, whole numbers and numbers.
struct Flavour {
    /// What an unknown value is kept as: `String`, `i64`.
    owned: TokenStream,
    /// What a value is seen as: `&str`, `i64`.
    seen: TokenStream,
    /// `as_str`, `as_i64`.
    getter: TokenStream,
    getter_docs: TokenStream,
    /// From `seen` to `owned`.
    own: TokenStream,
    /// From a reference to `owned` to `seen`.
    see: TokenStream,
    /// The reader's method, and what makes its result a `seen`.
    read: TokenStream,
    borrow: TokenStream,
    /// The writer's method.
    write: TokenStream,
    /// The message for a value that a closed enum does not know.
    expected: &'static str,
    /// Whether any two values are equal or not, and a value always equals itself.
    total: bool,
}

/// An enum of the document. Open (with a variant for what it does not know) or closed.
///
/// ```text
/// pub enum State { /** `on` */ On, /** Any other value. */ Other(String) }
/// impl State { pub fn as_str(&self) -> &str { match self { Self::On => "on", Self::Other(value) => value } } }
/// impl From<&str> for State { fn from(value: &str) -> Self { match value { "on" => Self::On, _ => Self::Other(value.to_owned()) } } }
/// impl From<String> for State { … }
/// // equal and hashed by value: `Other("on")`, made by hand, is `On`
/// impl PartialEq for State { … } impl Eq for State {} impl Hash for State { … }
/// impl Display for State { … }
/// impl Json for State { … }
/// ```
pub(crate) fn schema(name: &Ident, lines: &[String], model: &Enum) -> TokenStream {
    let Enum { values, other } = model;
    let other = other.as_deref().map(ident);
    match values {
        EnumValues::Strings(values) => {
            let flavour = Flavour {
                owned: quote!(::std::string::String),
                seen: quote!(&str),
                getter: quote!(as_str),
                getter_docs: quote!(#[doc = " The value on the wire."]),
                own: quote!(value.to_owned()),
                see: quote!(value),
                read: quote!(reader.string()?),
                borrow: quote!(&*),
                write: quote!(string),
                expected: "expected one of the documented values, found {value:?}",
                total: true,
            };
            let from_string = other.as_ref().map(|_| {
                quote! {
                    impl ::core::convert::From<::std::string::String> for #name {
                        fn from(value: ::std::string::String) -> Self {
                            Self::from(value.as_str())
                        }
                    }
                }
            });
            let body = body(name, lines, values, other.as_ref(), &flavour);
            quote!(#body #from_string)
        }
        EnumValues::Integers(values) => {
            let flavour = Flavour {
                owned: quote!(i64),
                seen: quote!(i64),
                getter: quote!(as_i64),
                getter_docs: quote!(#[doc = " The number on the wire."]),
                own: quote!(value),
                see: quote!(*value),
                read: quote!(reader.integer()?),
                borrow: quote!(),
                write: quote!(integer),
                expected: "expected one of the documented numbers, found {value}",
                total: true,
            };
            body(name, lines, values, other.as_ref(), &flavour)
        }
        EnumValues::Numbers(values) => {
            let flavour = Flavour {
                owned: quote!(f64),
                seen: quote!(f64),
                getter: quote!(as_f64),
                getter_docs: quote!(#[doc = " The number on the wire."]),
                own: quote!(value),
                see: quote!(*value),
                read: quote!(reader.float()?),
                borrow: quote!(),
                write: quote!(float),
                expected: "expected one of the documented numbers, found {value}",
                total: false,
            };
            body(name, lines, values, other.as_ref(), &flavour)
        }
    }
}

fn body<T: ToTokens + ToString>(
    name: &Ident,
    lines: &[String],
    values: &[Variant<T>],
    other: Option<&Ident>,
    flavour: &Flavour,
) -> TokenStream {
    let Flavour { owned, seen, getter, getter_docs, see, .. } = flavour;
    let definition = definition(name, lines, values, other, owned);
    let conversion = conversion(name, values, other, flavour);
    let json = json(name, other, flavour);
    let arms = values.iter().map(|Variant { name, value }| {
        let name = ident(name);
        quote!(Self::#name => #value,)
    });
    let unknown = other.map(|other| quote!(Self::#other(value) => #see,));
    let equality = other.map(|_| equality(name, flavour));
    quote! {
        #definition
        impl #name {
            #getter_docs
            pub fn #getter(&self) -> #seen {
                match self { #(#arms)* #unknown }
            }
        }
        #conversion
        #equality
        impl ::core::fmt::Display for #name {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.#getter(), formatter)
            }
        }
        #json
    }
}

fn definition<T: ToString>(
    name: &Ident,
    lines: &[String],
    values: &[Variant<T>],
    other: Option<&Ident>,
    owned: &TokenStream,
) -> TokenStream {
    let attributes = docs::attributes(lines);
    let variants = values.iter().map(|Variant { name, value }| {
        let (name, docs) = (ident(name), docs::attributes(&[docs::code(&value.to_string())]));
        quote!(#docs #name,)
    });
    let unknown = other.map(|other| quote!(#[doc = " A value that the document does not know, kept as it came."] #other(#owned),));
    let derives = if other.is_some() { quote!(Clone, Debug) } else { quote!(Clone, Copy, Debug, PartialEq, Eq, Hash) };
    quote! {
        #attributes
        #[derive(#derives)]
        pub enum #name { #(#variants)* #unknown }
    }
}

/// `From<&str>` for an open enum, `TryFrom<&str>` (which gives the value back) for a closed one.
fn conversion<T: ToTokens + ToString>(name: &Ident, values: &[Variant<T>], other: Option<&Ident>, flavour: &Flavour) -> TokenStream {
    let Flavour { owned, seen, own, .. } = flavour;
    let mut known = BTreeSet::new();
    let arms = values.iter().filter(|variant| known.insert(variant.value.to_string())).map(|Variant { name, value }| {
        let name = ident(name);
        if other.is_some() { quote!(#value => Self::#name,) } else { quote!(#value => ::core::result::Result::Ok(Self::#name),) }
    });
    match other {
        Some(other) => quote! {
            impl ::core::convert::From<#seen> for #name {
                fn from(value: #seen) -> Self {
                    match value { #(#arms)* _ => Self::#other(#own), }
                }
            }
        },
        None => quote! {
            impl ::core::convert::TryFrom<#seen> for #name {
                type Error = #owned;

                fn try_from(value: #seen) -> ::core::result::Result<Self, #owned> {
                    match value { #(#arms)* _ => ::core::result::Result::Err(#own), }
                }
            }
        },
    }
}

/// Equality and hash by value on the wire. Numbers with a fraction are equal only as far as JSON's are.
fn equality(name: &Ident, flavour: &Flavour) -> TokenStream {
    let Flavour { getter, total, .. } = flavour;
    let hash = total.then(|| {
        quote! {
            impl ::core::cmp::Eq for #name {}
            impl ::core::hash::Hash for #name {
                fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                    ::core::hash::Hash::hash(&self.#getter(), state);
                }
            }
        }
    });
    quote! {
        impl ::core::cmp::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool {
                self.#getter() == other.#getter()
            }
        }
        #hash
    }
}

fn json(name: &Ident, other: Option<&Ident>, flavour: &Flavour) -> TokenStream {
    let Flavour { seen, getter, read, borrow, write, expected, .. } = flavour;
    let read = match other {
        // Where shapes compete for a value, an unknown one counts against the enum.
        Some(other) => quote! {
            let value = Self::from(#borrow #read);
            if let Self::#other(_) = value {
                reader.undocumented();
            }
            ::core::result::Result::Ok(value)
        },
        None => quote! {
            <Self as ::core::convert::TryFrom<#seen>>::try_from(#borrow #read)
                .map_err(|value| ::bothends_runtime::json::Error::new(::std::format!(#expected)))
        },
    };
    quote! {
        impl ::bothends_runtime::Json for #name {
            fn read(reader: &mut ::bothends_runtime::json::Reader<'_>) -> ::core::result::Result<Self, ::bothends_runtime::json::Error> {
                #read
            }

            fn write(&self, writer: &mut ::bothends_runtime::json::Writer) {
                writer.#write(self.#getter());
            }
        }
    }
}
