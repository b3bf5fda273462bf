//! What a call comes to: which of an operation's responses are successes, which are failures, and what each side carries.

use proc_macro2::TokenStream;
use quote::quote;

use super::contents::{Carried, carried};
use super::ident::{Name, ident};
use super::plan::Plan;
use crate::model::{Api, Operation, Payload, Response, Status};

/// One side of an operation's responses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Success,
    Failure,
}

/// What one side carries.
pub(crate) enum Outcome<'a> {
    /// No response has a body, or there is none.
    Empty,
    /// All responses have a body that carries this.
    One(Carried<'a>),
    /// An enum of this name, with a variant per response.
    Many(Name),
}

impl<'a> Outcome<'a> {
    /// `name` is asked for the enum's name, if there has to be one.
    pub fn of(api: &Api, operation: &'a Operation, side: Side, name: impl FnOnce(&Operation) -> String) -> Self {
        let mut bodies = Vec::new();
        let mut empty = false;
        for response in responses(operation, side) {
            match &response.payload {
                Payload::Empty => empty = true,
                Payload::Body(content) => bodies.push(carried(api, content)),
            }
        }
        let mut bodies = bodies.into_iter();
        let Some(first) = bodies.next() else { return Self::Empty };
        if !empty && bodies.all(|other| other == first) { Self::One(first) } else { Self::Many(Name::new(name(operation))) }
    }
}

/// The responses that can be on a side, in the order of matching: exact statuses, ranges, `default`.
///
/// `default` is a failure; where no success is documented it is the success as well, by the status that comes.
pub(crate) fn responses(operation: &Operation, side: Side) -> impl Iterator<Item = &Response> {
    let only_default = !operation.responses.iter().any(|response| response.status.is_success());
    ordered(operation).into_iter().filter(move |response| match (side, response.status) {
        (Side::Success, Status::Default) => only_default,
        (Side::Success, status) => status.is_success(),
        (Side::Failure, status) => !status.is_success(),
    })
}

/// Whether `default` stands for success too.
pub(crate) fn default_is_both(operation: &Operation) -> bool {
    responses(operation, Side::Success).any(|response| response.status == Status::Default)
}

/// All responses in the order of matching, one for each status.
pub(crate) fn ordered(operation: &Operation) -> Vec<&Response> {
    let mut all: Vec<&Response> = operation.responses.iter().collect();
    all.sort_by_key(|response| response.status);
    all.dedup_by_key(|response| response.status);
    all
}

/// Whether a response is known by more than its variant and body: then the variant keeps status and headers too.
pub(crate) fn keeps_meta(response: &Response) -> bool {
    response.headers.is_some() || !matches!(response.status, Status::Code(_))
}

impl Plan<'_> {
    /// What a body carries, in Rust.
    pub fn carried(&self, carried: &Carried<'_>) -> TokenStream {
        match carried {
            Carried::Value(ty) => self.ty(ty),
            Carried::Enum(name) => {
                let name = ident(name);
                quote!(api::contents::#name)
            }
        }
    }

    /// The declared headers of a response in Rust, if there are any.
    pub fn headers(&self, response: &Response) -> Option<TokenStream> {
        response.headers.as_ref().map(|headers| self.ty(&headers.ty))
    }

    /// The declared headers that all successes of an operation have in common.
    pub fn success_headers(&self, operation: &Operation) -> Option<TokenStream> {
        let mut all = responses(operation, Side::Success).map(|response| response.headers.as_ref());
        let first = all.next()??;
        all.all(|other| other == Some(first)).then(|| self.ty(&first.ty))
    }

    /// The type of a side in Rust.
    pub fn outcome(&self, outcome: &Outcome<'_>, side: Side) -> TokenStream {
        match (outcome, side) {
            (Outcome::Empty, Side::Success) => quote!(()),
            (Outcome::Empty, Side::Failure) => quote!(::bothends_runtime::NoBody),
            (Outcome::One(carried), _) => self.carried(carried),
            (Outcome::Many(name), _) => quote!(api::operations::#name),
        }
    }
}
