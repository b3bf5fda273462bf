//! Operations that one request may mean, since only the names of parameters tell their paths apart (`/users/{id}` and
//! `/users/{name}`), or what stands beside the path: which of them are asked, and in which order.
//!
//! A request is for those whose needs it meets and whose path parameters decode; of these for the ones that need most, and
//! of these for the ones of which it decodes up to its body. Where that still leaves several, they are asked one after the
//! other: what refuses the request before its handler is called, and a handler that is not implemented, passes it on.

use std::cmp::Reverse;
use std::mem;

use http::request::Parts;
use http::{Response, StatusCode};

use super::router::{Router, admit, prepare};
use super::{Context, Refusal};
use crate::body::Body;
use crate::error::RejectionKind;
use crate::route::{Candidate, Constants, Given};
use crate::wire::RequestDecoder;

/// The candidates that are to be asked: those of the first shape of path that has any. One that stands alone is not tried
/// here: its own decoding says what is wrong.
pub(super) fn choose<'p>(
    router: &Router,
    constants: &[Option<Constants>],
    mut candidates: Vec<Candidate<'p>>,
    parts: &'p Parts,
) -> Vec<Candidate<'p>> {
    let fixed = |candidate: &Candidate<'_>| constants.get(candidate.index)?.as_ref();
    candidates.retain(|candidate| fixed(candidate).is_none_or(|constants| constants.fit(parts)));
    candidates.sort_by_key(|candidate| Reverse(fixed(candidate).map_or(0, Constants::count)));
    if candidates.len() < 2 {
        return candidates;
    }
    let given = Given::of(parts);
    let level = |candidate: &Candidate<'_>| {
        let needs = router.routes.get(candidate.index).map_or(0, |route| route.info().needs.len());
        needs + fixed(candidate).map_or(0, Constants::count)
    };
    while let Some(shape) = candidates.first().map(|candidate| candidate.shape) {
        let (twins, others): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|candidate| candidate.shape == shape);
        let fitting = fitting(router, twins, level, parts, &given);
        if !fitting.is_empty() {
            return fitting;
        }
        candidates = others;
    }
    candidates
}

/// How much of a request an operation takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// Not even the path.
    Nothing,
    /// The path, and not all of what stands beside it.
    Path,
    /// All but the body, which has not been read.
    Head,
}

/// What is left of operations of one shape, each of them once. Where none fits, one is left to say what is wrong.
fn fitting<'p>(
    router: &Router,
    mut twins: Vec<Candidate<'p>>,
    level: impl Fn(&Candidate<'_>) -> usize,
    parts: &Parts,
    given: &Given<'_>,
) -> Vec<Candidate<'p>> {
    let meets = |candidate: &Candidate<'_>| router.routes.get(candidate.index).is_some_and(|route| given.meets(route.info()));
    let met = twins.iter().any(meets);
    if met {
        twins.retain(meets);
    } else {
        twins.sort_by_key(&level);
    }
    let mut judged: Vec<(Candidate<'p>, Fit)> = Vec::new();
    for twin in twins {
        // A segment may have been cut in several ways: the first one that decodes is meant.
        if !judged.iter().any(|(known, _)| known.index == twin.index) {
            let fit = fit(router, &twin, parts);
            judged.extend((fit != Fit::Nothing).then_some((twin, fit)));
        }
    }
    if met {
        let most = judged.iter().map(|(candidate, _)| level(candidate)).max();
        judged.retain(|(candidate, _)| Some(level(candidate)) == most);
    }
    let is_head = |(_, fit): &(Candidate<'p>, Fit)| *fit == Fit::Head;
    if met && judged.iter().any(is_head) {
        judged.retain(is_head);
    } else {
        judged.truncate(1);
    }
    judged.into_iter().map(|(candidate, _)| candidate).collect()
}

/// Path parameters are decoded before all else and the body after it, so a request without a body shows what fits.
fn fit(router: &Router, candidate: &Candidate<'_>, parts: &Parts) -> Fit {
    let Some(route) = router.routes.get(candidate.index) else { return Fit::Nothing };
    match route.prepare(&RequestDecoder::new(parts, &candidate.parameters, Body::empty())).map_err(|rejection| rejection.kind) {
        Err(RejectionKind::Path) => Fit::Nothing,
        Err(RejectionKind::Query | RejectionKind::Header | RejectionKind::Cookie | RejectionKind::MediaType) => Fit::Path,
        Ok(_) | Err(RejectionKind::BodySyntax | RejectionKind::BodyShape) => Fit::Head,
    }
}

/// A refusal of one operation, and whether another one may still take the request.
struct Refused {
    refusal: Refusal,
    passes: bool,
}

/// Asks one operation after the other; the first refusal goes out if none of them takes the request, and that something
/// is not implemented only if nothing else is wrong.
pub(super) async fn ask(router: &Router, candidates: &[Candidate<'_>], parts: &Parts, mut body: Body) -> Result<Response<Body>, Refusal> {
    let mut kept: Option<Refusal> = None;
    for candidate in candidates {
        match ask_one(router, candidate, parts, &mut body).await {
            Ok(response) => return Ok(response),
            Err(Refused { refusal, passes: false }) => return Err(refusal),
            Err(Refused { refusal, .. }) => {
                if kept.as_ref().is_none_or(|kept| kept.is_unimplemented() && !refusal.is_unimplemented()) {
                    kept = Some(refusal);
                }
            }
        }
    }
    Err(kept.unwrap_or_else(|| Refusal::new(StatusCode::NOT_FOUND)))
}

async fn ask_one(router: &Router, candidate: &Candidate<'_>, parts: &Parts, body: &mut Body) -> Result<Response<Body>, Refused> {
    let passed = |refusal: Refusal| Refused { refusal, passes: true };
    let route = router.routes.get(candidate.index).ok_or_else(|| passed(Refusal::new(StatusCode::NOT_FOUND)))?;
    let principal = admit(router, route, parts).await.map_err(passed)?;
    // The next one may want the body too.
    if body.as_bytes().is_none() {
        let read = mem::replace(body, Body::empty()).read(router.body_limit).await;
        *body = read.map(Body::from).map_err(|error| Refused { refusal: error.into(), passes: false })?;
    }
    let prepared = prepare(route, RequestDecoder::new(parts, &candidate.parameters, body.take())).await.map_err(passed)?;
    let context = Context { parts: parts.clone(), operation: route.info(), principal };
    prepared(context).await.map_err(|refusal| Refused { passes: refusal.is_unimplemented(), refusal })
}
