//! One operation with the code that answers it, its types forgotten: decode, call, encode. Knows no table and no socket.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use http::StatusCode;

use super::{BoxFuture, Context, Fault, Refusal};
use crate::body::Body;
use crate::error::Rejection;
use crate::operation::{OperationInfo, ServerOperation};
use crate::wire::{RequestDecoder, ResponseEncoder};

/// A handler with its request, ready to be called.
pub(super) type Prepared = Box<dyn FnOnce(Context) -> BoxFuture<'static, Result<http::Response<Body>, Refusal>> + Send>;

type Prepare = dyn Fn(&RequestDecoder<'_>) -> Result<Prepared, Rejection> + Send + Sync;

/// An operation and its handler.
#[derive(Clone)]
pub struct Route {
    info: &'static OperationInfo,
    prepare: Arc<Prepare>,
}

impl Route {
    /// Answers an operation with a function from the decoded request and its [`Context`] to a future.
    pub fn new<O, H, F>(handler: H) -> Self
    where
        O: ServerOperation,
        H: Fn(O, Context) -> F + Send + Sync + 'static,
        F: Future<Output = Result<O::Response, Refusal>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        let prepare = move |request: &RequestDecoder<'_>| {
            let operation = O::decode(request)?;
            for global in O::GLOBALS {
                global.check(request.parts())?;
            }
            let handler = Arc::clone(&handler);
            let call = move |context: Context| -> BoxFuture<'static, Result<http::Response<Body>, Refusal>> {
                Box::pin(async move {
                    let response = handler(operation, context).await?;
                    let mut encoder = ResponseEncoder::new();
                    let written = O::encode(response, &mut encoder);
                    Ok(written.and_then(|()| encoder.finish()).unwrap_or_else(|error| Fault::Encode(error).into_response()))
                })
            };
            Ok(Box::new(call) as Prepared)
        };
        Self { info: O::INFO, prepare: Arc::new(prepare) }
    }

    /// Answers an operation with 501, without reading the request.
    pub fn not_implemented(info: &'static OperationInfo) -> Self {
        let prepare = move |_: &RequestDecoder<'_>| {
            let call = move |_: Context| -> BoxFuture<'static, Result<http::Response<Body>, Refusal>> {
                Box::pin(std::future::ready(Err(Refusal::not_implemented(info))))
            };
            Ok(Box::new(call) as Prepared)
        };
        Self { info, prepare: Arc::new(prepare) }
    }

    /// The operation that this route answers.
    pub fn info(&self) -> &'static OperationInfo {
        self.info
    }

    /// Decodes a request.
    pub(super) fn prepare(&self, request: &RequestDecoder<'_>) -> Result<Prepared, Rejection> {
        (self.prepare)(request)
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Route({} {})", self.info.method, self.info.path)
    }
}

impl Fault {
    /// An empty 500 that carries the fault for layers to see; the router puts a problem in its place.
    pub(super) fn into_response(self) -> http::Response<Body> {
        let mut response = http::Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response.extensions_mut().insert(self);
        response
    }
}
